// The address holds all settings: TensorFlow Playground's links are understood, and hostile ones break nothing.

import assert from "node:assert/strict";

import { expectAlive, follow, message, parameters, settings } from "../support/playground.js";
import { pageTest } from "../support/site.js";

/** As TensorFlow Playground writes them. */
const SPIRAL = "activation=relu&regularization=L2&batchSize=20&dataset=spiral&regDataset=reg-gauss&learningRate=0.003"
  + "&regularizationRate=0.001&noise=10&networkShape=8,6,4&seed=0.53125&showTestData=true&discretize=true&percTrainData=60"
  + "&x=true&y=true&xTimesY=true&xSquared=false&ySquared=false&cosX=false&sinX=true&cosY=false&sinY=true"
  + "&collectStats=false&problem=classification&initZero=false&hideText=false";
const REGRESSION = "activation=linear&batchSize=1&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0"
  + "&noise=0&networkShape=&seed=0.11&showTestData=false&discretize=false&percTrainData=50&x=true&y=true&xTimesY=false"
  + "&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false&problem=regression"
  + "&initZero=true&hideText=false&play_hide=true";

pageTest("a link of TensorFlow Playground is understood", { hash: SPIRAL }, async page => {
  assert.equal(await message(page), null);
  const found = await settings(page);
  const { features, networkShape, ...rest } = found;
  assert.deepEqual(networkShape, [8, 6, 4]);
  const chosen = Object.entries(features).filter(([, is]) => is).map(([key]) => key).sort();
  assert.deepEqual(chosen, ["sinX", "sinY", "x", "xTimesY", "y"]);
  const told = {
    activation: "relu", regularization: "L2", batchSize: 20, dataset: "spiral", learningRate: 0.003, regularizationRate: 0.001,
    noise: 10, seed: "0.53125", showTestData: true, discretize: true, percTrainData: 60, problem: "classification", initZero: false,
  };
  for (const [key, value] of Object.entries(told)) assert.equal(rest[key], value, key);
  assert.equal(await page.inputValue("#learningRate"), "0.003");
  assert.equal(await page.inputValue("#batchSize"), "20");
  assert.ok(await page.isChecked("#showTestData"));
  assert.ok(await page.isChecked("#sinX"));
  assert.ok(!(await page.isChecked("#xSquared")));
  await expectAlive(page);
});

pageTest("one without hidden layers, on numbers, is too", { hash: REGRESSION }, async page => {
  assert.equal(await message(page), null);
  const found = await settings(page);
  assert.deepEqual([found.networkShape, found.problem, found.regDataset, found.initZero], [[], "regression", "reg-plane", true]);
  await expectAlive(page);
});

pageTest("the address of a page makes the same page again", { hash: SPIRAL }, async page => {
  const [address, before, weights] = [await page.evaluate(() => location.hash), await settings(page), await parameters(page)];
  await page.evaluate(() => { window.playground = null; });
  await page.reload();
  await page.waitForFunction(() => window.playground);
  assert.equal(await page.evaluate(() => location.hash), address);
  assert.deepEqual(await settings(page), before);
  assert.deepEqual(await parameters(page), weights);
});

pageTest("a link within the page is followed", {}, async page => {
  await follow(page, SPIRAL);
  assert.equal((await settings(page)).dataset, "spiral");
  await follow(page, REGRESSION);
  assert.equal((await settings(page)).problem, "regression");
  assert.equal(await message(page), null);
});

const HOSTILE = [
  "networkShape=9999999999,4",
  "networkShape=8,8,8,8,8,8,8",
  "networkShape=-1",
  "networkShape=0",
  "networkShape=4,,2",
  "networkShape=1e1",
  "networkShape=<img src=x onerror=alert(1)>",
  "batchSize=0",
  "batchSize=999999999999999999999",
  "learningRate=NaN",
  "learningRate=Infinity",
  "learningRate=-1",
  "noise=-5",
  "noise=1e308",
  "percTrainData=0",
  "percTrainData=100",
  "dataset=__proto__",
  "dataset=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
  "regDataset=constructor",
  "activation=eval",
  "activations=relu",
  "optimizer=%00",
  "problem=both",
  "dropout=1",
  "seed=",
  `seed=${"9".repeat(5000)}`,
  "x=false&y=false",
  "x=maybe",
  "nothing=known",
  "%",
  "%ff%fe",
  "=&=&==",
  "dataset=own",
  `${"a=b&".repeat(2000)}`,
  "javascript:alert(1)",
];

async function expectRefused(page, hash) {
  const address = hash.slice(0, 60);
  assert.ok(await message(page), `a message for ${address}`);
  assert.equal(await page.locator("#message img, #message script").count(), 0, address);
  const found = await settings(page);
  assert.ok(found.networkShape.every(neurons => neurons >= 1 && neurons <= 8) && found.networkShape.length <= 6, address);
  assert.ok(found.batchSize >= 1 && found.percTrainData >= 10, address);
  await expectAlive(page);
  await page.click("#step");
  await page.click("#closeMessage");
  assert.equal(await message(page), null, address);
}

for (const hash of HOSTILE.slice(0, 3)) {
  pageTest(`the page opened at #${hash} tells what is wrong and works`, { hash }, page => expectRefused(page, hash));
}

pageTest("every hostile address gives a message and breaks nothing", {}, async page => {
  for (const hash of HOSTILE) {
    await page.evaluate(hash => new Promise(loaded => {
      addEventListener("hashchange", loaded, { once: true });
      location.hash = hash;
    }), hash);
    await expectRefused(page, hash);
  }
});

pageTest("what is understood in a bad address is taken", { hash: "dataset=xor&batchSize=none&networkShape=3" }, async page => {
  const found = await settings(page);
  assert.deepEqual([found.dataset, found.batchSize, found.networkShape], ["xor", 10, [3]]);
  assert.match(await message(page), /batchSize/);
});

pageTest("empty parts of an address mean nothing", { hash: "&&dataset=xor&&" }, async page => {
  assert.equal(await message(page), null);
  assert.equal((await settings(page)).dataset, "xor");
});

const OVERFLOW = "problem=regression&regDataset=reg-plane&learningRate=10&activation=relu&networkShape=8,8,8,8";

pageTest("numbers that overflow pause the training and say so", { hash: OVERFLOW }, async page => {
  await page.click("#play");
  await page.waitForSelector("#message:visible");
  assert.equal(await page.getAttribute("#play", "aria-label"), "Play");
  assert.ok((await parameters(page)).every(Number.isFinite));
  await page.click("#closeMessage");
  await page.selectOption("#learningRate", "0.001");
  await expectAlive(page);
});
