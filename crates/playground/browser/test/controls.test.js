// Every control changes the setting of its name, the address, and what it should on the page.

import assert from "node:assert/strict";

import { addressed, choices, drawn, epoch, expectSetting, painted, parameters, points, settings, train } from "../support/playground.js";
import { pageTest } from "../support/site.js";

const SELECTS = ["learningRate", "activation", "regularization", "regularizationRate", "problem", "optimizer", "schedule", "dropout"];

pageTest("each select offers values, and each is taken", {}, async page => {
  for (const id of SELECTS) {
    const offered = await page.locator(`#${id} option`).evaluateAll(options => options.map(({ value }) => value));
    assert.ok(offered.length >= 2, `${offered}`);
    // The value that is set comes last, so that each choice is a change.
    const now = await page.inputValue(`#${id}`);
    for (const value of [...offered.filter(value => value !== now), now]) {
      await page.selectOption(`#${id}`, value);
      await expectSetting(page, id, value);
      assert.equal(await epoch(page), 0);
    }
  }
});

pageTest("the selects offer what the module offers", {}, async page => {
  const all = await choices(page);
  const offered = id => page.locator(`#${id} option`).evaluateAll(options => options.map(({ value }) => value));
  assert.deepEqual(await offered("activation"), all.activations);
  assert.deepEqual(await offered("learningRate"), all.learningRates.map(String));
  assert.deepEqual(await offered("regularizationRate"), all.regularizationRates.map(String));
  assert.deepEqual(await offered("regularization"), all.regularizations);
  assert.deepEqual(await offered("optimizer"), all.optimizers.map(({ word }) => word));
  assert.deepEqual(await offered("schedule"), all.schedules.map(({ word }) => word));
  assert.deepEqual(await offered("dropout"), all.dropouts.map(String));
});

for (const [id, value] of [["noise", "35"], ["percTrainData", "70"], ["batchSize", "1"], ["batchSize", "30"]]) {
  pageTest(`#${id} slides to ${value}`, {}, async page => {
    await page.fill(`#${id}`, value);
    await expectSetting(page, id, value);
    assert.ok((await page.locator(`#${id}Value`).innerText()).includes(value));
  });
}

pageTest("the share of training points and the noise are seen in the points", {}, async page => {
  const calm = await points(page);
  await page.fill("#percTrainData", "90");
  const all = await points(page);
  assert.equal(all.filter(({ test }) => test === 0).length, all.length * 0.9);
  await page.fill("#noise", "50");
  const wild = await points(page);
  assert.equal(wild.length, calm.length);
  assert.notDeepEqual(wild, all);
});

pageTest("features are chosen by check boxes, and one has to stay", {}, async page => {
  const { features } = await choices(page);
  const inputs = () => page.evaluate(() => JSON.parse(window.playground.structure()).layers[0].neurons.length);
  for (const { key } of features) {
    const before = await page.isChecked(`#${key}`);
    await page.setChecked(`#${key}`, !before);
    assert.equal((await settings(page)).features[key] ?? false, !before, key);
    assert.equal(await addressed(page, key), String(!before));
    await page.setChecked(`#${key}`, true);
  }
  assert.equal(await inputs(), features.length);
  for (const { key } of features.slice(1)) await page.setChecked(`#${key}`, false);
  assert.equal(await inputs(), 1);
  await page.locator(`#${features[0].key}`).click();
  assert.equal(await inputs(), 1);
  assert.ok(await page.isChecked(`#${features[0].key}`));
  assert.ok(await page.isVisible("#message"));
  await page.click("#closeMessage");
  assert.ok(await page.isHidden("#message"));
});

pageTest("data sets are buttons, those of the problem that is chosen", {}, async page => {
  const { datasets, regressions } = await choices(page);
  for (const [problem, key, sets, others] of [
    ["regression", "regDataset", regressions, datasets],
    ["classification", "dataset", datasets, regressions],
  ]) {
    await page.selectOption("#problem", problem);
    for (const { word } of others) assert.ok(await page.isHidden(`#dataset-${word}`), word);
    for (const { word, classes } of sets) {
      await page.click(`#dataset-${word}`);
      await expectSetting(page, key, word);
      assert.equal(await page.getAttribute(`#dataset-${word}`, "aria-pressed"), "true");
      assert.equal(await page.locator("#datasets [aria-pressed=true]:visible").count(), 1);
      if (classes) assert.equal((await settings(page)).classes, classes);
    }
  }
});

pageTest("the confusion matrix has a row for each class and counts the test points", { hash: "dataset=clouds" }, async page => {
  const { classes } = await settings(page);
  await train(page, 5);
  const { counts } = await page.evaluate(() => JSON.parse(window.playground.confusion()));
  assert.equal(counts.length, classes);
  const tested = (await points(page)).filter(({ test }) => test === 1).length;
  assert.equal(counts.flat().reduce((sum, count) => sum + count), tested);
  await page.click("#step");
  await drawn(page);
  const shown = await page.locator("#confusion td").evaluateAll(cells => cells.map(cell => Number.parseInt(cell.textContent, 10)));
  const now = await page.evaluate(() => JSON.parse(window.playground.confusion()).counts);
  assert.deepEqual(shown.filter(Number.isInteger), now.flat());
  await page.selectOption("#problem", "regression");
  assert.equal((await page.locator("#confusion").innerText()).trim(), "");
});

for (const [id, canvas] of [["showTestData", "#dots"], ["discretize", "#output"]]) {
  pageTest(`#${id} changes the picture and nothing of the network`, { hash: "noise=20" }, async page => {
    await train(page, 3);
    await page.click("#step");
    const before = [await parameters(page), await epoch(page)];
    const picture = await painted(page, canvas);
    await page.check(`#${id}`);
    await drawn(page);
    await expectSetting(page, id, "true");
    assert.deepEqual([await parameters(page), await epoch(page)], before);
    assert.notEqual(await painted(page, canvas), picture);
    await page.uncheck(`#${id}`);
    await drawn(page);
    assert.equal(await painted(page, canvas), picture);
  });
}

pageTest("all weights begin at 0 if that is asked for", {}, async page => {
  await page.check("#initZero");
  await expectSetting(page, "initZero", "true");
  const weights = await page.evaluate(() => JSON.parse(window.playground.structure()).links.map(({ weight }) => weight));
  const all = await parameters(page);
  assert.ok(weights.every(weight => all[weight] === 0));
});

pageTest("play, pause, step, one batch, reset, regenerate", {}, async page => {
  const first = await parameters(page);
  await page.click("#step");
  assert.equal(await epoch(page), 1);
  assert.equal(Number((await page.innerText("#epoch")).replace(/\D/g, "")), 1);
  await page.click("#stepBatch");
  const moved = await parameters(page);
  await page.click("#play");
  await page.waitForFunction(() => window.playground.epoch() > 20);
  await page.click("#play");
  const paused = await epoch(page);
  await drawn(page);
  await drawn(page);
  assert.equal(await epoch(page), paused);
  assert.notDeepEqual(await parameters(page), moved);
  assert.equal(Number((await page.innerText("#epoch")).replace(/\D/g, "")), paused);
  assert.ok(await page.evaluate(() => window.frameTimes.length > 10));

  await page.click("#reset");
  assert.equal(await epoch(page), 0);
  assert.deepEqual(await parameters(page), first);

  const [seed, data] = [(await settings(page)).seed, await points(page)];
  await page.click("#regenerate");
  assert.notEqual((await settings(page)).seed, seed);
  assert.equal(await addressed(page, "seed"), (await settings(page)).seed);
  assert.notDeepEqual(await points(page), data);
  assert.notDeepEqual(await parameters(page), first);
});

pageTest("a seed that is typed is taken, and the same seed gives the same network", {}, async page => {
  const first = await parameters(page);
  await page.fill("#seed", "42");
  await page.press("#seed", "Enter");
  await expectSetting(page, "seed", "42");
  assert.notDeepEqual(await parameters(page), first);
  await page.fill("#seed", "1");
  await page.press("#seed", "Enter");
  assert.deepEqual(await parameters(page), first);
});

pageTest("losses and curve are shown", {}, async page => {
  const curve = await painted(page, "#curve");
  await train(page, 30);
  await page.click("#step");
  const [training, tested] = await page.evaluate(() => Array.from(window.playground.losses()));
  assert.ok(Math.abs(Number.parseFloat(await page.innerText("#trainLoss")) - training) < 1e-3);
  assert.ok(Math.abs(Number.parseFloat(await page.innerText("#testLoss")) - tested) < 1e-3);
  assert.notEqual(await painted(page, "#curve"), curve);
});
