// The prepared experiments: each loads, shows its commentary, and trains.

import assert from "node:assert/strict";

import { choices, losses, message, settings } from "../support/playground.js";
import { pageTest } from "../support/site.js";

pageTest("each experiment loads, is commented, and trains", {}, async (page, context) => {
  const { presets } = await choices(page);
  assert.ok(presets.length > 0);
  const offered = await page.locator("#presets option").evaluateAll(options => options.map(({ value }) => value).filter(Boolean));
  assert.deepEqual(offered, presets.map(({ word }) => word));
  for (const { word, title, text, address } of presets) {
    await page.selectOption("#presets", word);
    const wanted = await page.evaluate(async hash => {
      const { Playground } = await import("./chainrule_playground.js");
      const other = new Playground(`#${hash.replace(/^#/, "")}`);
      return { settings: other.settings(), problems: other.problems(), address: other.address() };
    }, address);
    assert.deepEqual(JSON.parse(wanted.problems), [], word);
    await page.waitForFunction(settings => window.playground.settings() === settings, wanted.settings);
    assert.equal(await page.evaluate(() => location.hash.slice(1)), wanted.address);
    assert.equal(await message(page), null, word);
    const shown = await page.innerText("#presetText");
    assert.ok(shown.includes(title) && shown.includes(text.trim()), `${word}: ${shown}`);
    const before = await losses(page);
    const refused = await page.evaluate(() => {
      try {
        window.playground.train(30);
        return null;
      } catch (error) {
        return String(error);
      }
    });
    // An experiment may be about a rate that is too large; then the message is what it shows.
    if (refused) assert.ok(refused.length > 20, refused);
    else assert.ok((await losses(page)).every(loss => loss === null || Number.isFinite(loss)));
    context.diagnostic(`${word}: training loss ${before[0]?.toFixed(4)}, after 30 epochs ${(await losses(page))[0]?.toFixed(4)}${refused ? `, ${refused}` : ""}`);
  }
});

pageTest("a link to an experiment shows its commentary, which can be closed", {}, async page => {
  const [{ address, title, word }] = (await choices(page)).presets;
  await page.evaluate(hash => { location.hash = hash; }, address);
  await page.waitForSelector("#presetText:visible");
  assert.ok((await page.innerText("#presetText")).includes(title));
  assert.equal(await page.inputValue("#presets"), word);
  const before = await settings(page);
  await page.click("#closePreset");
  assert.ok(await page.isHidden("#presetText"));
  assert.deepEqual(await settings(page), before);
});
