// Own data come from CSV files, whatever is in them; the network goes out as a program and as weights.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expectAlive, message, parameters, points, settings, train } from "../support/playground.js";
import { pageTest } from "../support/site.js";

const THREE = ["x1,x2,kind"]
  .concat(Array.from({ length: 60 }, (_, at) => `${Math.cos(at) * (1 + at % 3)},${Math.sin(at) * (1 + at % 3)},${["pine", "oak", "ash"][at % 3]}`))
  .join("\n");
const NUMBERS = Array.from({ length: 40 }, (_, at) => `${at / 4},${(at * 7) % 10},${at / 20}`).join("\n");

/** Gives a file to the page, and waits until it has read it. */
async function give(page, text, name = "own.csv") {
  await page.setInputFiles("#csv", { name, mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.waitForFunction(() => document.getElementById("csv").value === "");
}

pageTest("a table of three classes is loaded and trained on", {}, async page => {
  await give(page, THREE);
  assert.equal(await message(page), null);
  const found = await settings(page);
  assert.deepEqual([found.ownData, found.rows, found.classes], [true, 60, 3]);
  assert.deepEqual([...found.classNames].sort(), ["ash", "oak", "pine"]);
  const all = await points(page);
  assert.equal(all.length, 60);
  assert.ok(all.every(({ x1, x2 }) => Math.abs(x1) <= 6 && Math.abs(x2) <= 6));
  assert.match(await page.innerText("#ownData"), /60/);
  assert.equal(await page.locator("#datasets [aria-pressed=true]").count(), 0);
  await expectAlive(page);
  const text = await page.innerText("#confusion");
  for (const name of ["ash", "oak", "pine"]) assert.ok(text.includes(name), name);
  assert.ok(await page.isHidden("#dataset-own"));
  await page.click("#dataset-circle");
  assert.equal((await settings(page)).ownData, false);
  await page.click("#dataset-own");
  assert.equal((await settings(page)).ownData, true);
});

pageTest("a file can be dropped anywhere on the page", {}, async page => {
  const dropped = await page.evaluateHandle(text => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "own.csv", { type: "text/csv" }));
    return transfer;
  }, THREE);
  await page.dispatchEvent("footer", "dragover", { dataTransfer: dropped });
  assert.ok(await page.isVisible("#drop"));
  await page.dispatchEvent("footer", "drop", { dataTransfer: dropped });
  await page.waitForFunction(() => JSON.parse(window.playground.settings()).ownData);
  assert.ok(await page.isHidden("#drop"));
});

pageTest("a table of numbers is loaded for regression", { hash: "problem=regression" }, async page => {
  await give(page, NUMBERS);
  assert.equal(await message(page), null);
  const found = await settings(page);
  assert.deepEqual([found.ownData, found.rows, found.problem], [true, 40, "regression"]);
  await expectAlive(page);
});

const BAD = {
  "an empty file": "",
  "only titles": "x1,x2,class\n",
  "two columns": "1,2\n3,4\n5,6\n7,8",
  "words for numbers": "a,b,c\nd,e,f\ng,h,i\nj,k,l",
  "numbers that are not finite": "1,2,a\nNaN,4,b\n5,inf,a\n7,8,b",
  "too many classes": Array.from({ length: 40 }, (_, at) => `${at},${at},c${at}`).join("\n"),
  "one class": "1,2,a\n3,4,a\n5,6,a\n7,8,a",
  "too many rows": Array.from({ length: 200000 }, (_, at) => `${at},${-at},${at % 2}`).join("\n"),
  "one huge line": "1,2,".repeat(500000),
  "bytes that are no text": String.fromCharCode(...Array.from({ length: 600 }, (_, at) => (at * 37) % 256)),
  "a page": "<!doctype html><script>alert(1)</script>",
  "quotes without end": "1,2,\"a\n3,4,b\n5,6,a\n7,8,b",
};

pageTest("what is no table gives a message and changes nothing", {}, async page => {
  for (const [what, text] of Object.entries(BAD)) {
    const before = [await settings(page), await points(page), await parameters(page)];
    await give(page, text);
    assert.ok(await message(page), `a message for ${what}`);
    assert.deepEqual([await settings(page), await points(page), await parameters(page)], before, what);
    await page.click("#closeMessage");
    await expectAlive(page);
  }
});

pageTest("names of classes are text and no markup", {}, async page => {
  const mark = "<img src=x onerror=alert(1)>";
  await give(page, Array.from({ length: 12 }, (_, at) => `${at},${at % 5},${["a", "b", mark][at % 3]}`).join("\n"));
  assert.equal(await message(page), null);
  await page.fill("#point", "0");
  await page.press("#point", "Enter");
  await page.waitForSelector("#graph svg");
  assert.equal(await page.locator("img").count(), 0);
  assert.ok((await settings(page)).classNames.includes(mark));
  await expectAlive(page);
});

/** What a button gives to be saved. */
async function download(page, button) {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
}

const EXPORTED = {
  tanh: "dataset=circle&networkShape=4,2&seed=3",
  classes: "dataset=clouds&networkShape=5&activation=relu&optimizer=adam&learningRate=0.01&schedule=cosine",
  numbers: "problem=regression&regDataset=reg-gauss&networkShape=6,3&regularization=L2&regularizationRate=0.001&optimizer=momentum&learningRate=0.003",
  mixed: "dataset=xor&networkShape=3,3&activations=relu,sigmoid&batchSize=7&xTimesY=true&sinX=true&percTrainData=60",
  dropout: "dataset=gauss&networkShape=4&dropout=0.2",
};

for (const [name, hash] of Object.entries(EXPORTED)) {
  pageTest(`program and weights of the network "${name}" are saved`, { hash }, async page => {
    assert.equal(await message(page), null);
    const [training, tested] = await train(page, 20);
    const files = {};
    for (const [button, expected] of [
      ["#export-rust", "main.rs"], ["#export-cargo", "Cargo.toml"], ["#export-weights", "weights.safetensors"],
    ]) {
      const saved = await download(page, button);
      assert.equal(saved.name, expected);
      assert.ok(saved.bytes.length > 50);
      files[expected] = saved.bytes;
    }
    assert.match(files["main.rs"].toString(), /fn main\(\)/);
    assert.match(files["Cargo.toml"].toString(), /chainrule/);
    // A safetensors file begins with the length of its header, which is JSON.
    const weights = files["weights.safetensors"];
    const header = JSON.parse(weights.subarray(8, 8 + Number(weights.readBigUInt64LE(0))).toString());
    const count = Object.entries(header)
      .filter(([key]) => key !== "__metadata__")
      .reduce((sum, [, { shape }]) => sum + shape.reduce((product, length) => product * length, 1), 0);
    assert.equal(count, (await parameters(page)).length);

    const folder = process.env.EXPORTS;
    if (!folder) return;
    mkdirSync(join(folder, name), { recursive: true });
    for (const [file, bytes] of Object.entries(files)) writeFileSync(join(folder, name, file), bytes);
    writeFileSync(join(folder, name, "losses.json"), JSON.stringify({ training, test: tested }));
  });
}
