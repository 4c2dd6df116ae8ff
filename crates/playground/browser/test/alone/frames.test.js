// Training draws at the pace of the screen: what a frame of a network of eight by eight costs.

import assert from "node:assert/strict";

import { pageTest } from "../../support/site.js";

/** What 60 frames a second leave for one. */
const FRAME = 1000 / 60;

/** Notes how long the page's own work for each frame takes. */
function noteWork() {
  window.work = [];
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = callback =>
    ask(now => {
      const before = performance.now();
      callback(now);
      window.work.push(performance.now() - before);
    });
}

const part = (numbers, share) => [...numbers].sort((one, other) => one - other)[Math.floor((numbers.length - 1) * share)];

for (const [name, hash, most] of [
  ["eight by eight", "dataset=spiral&networkShape=8,8", FRAME],
  ["eight by eight, all features, test data", "dataset=spiral&networkShape=8,8&xSquared=true&ySquared=true&xTimesY=true&sinX=true&sinY=true&showTestData=true", FRAME],
  ["four classes", "dataset=clouds&networkShape=8,8", FRAME],
  ["six layers of eight", "dataset=spiral&networkShape=8,8,8,8,8,8", 4 * FRAME],
]) {
  pageTest(`frames of ${name}`, { hash, prepare: noteWork }, async (page, context) => {
    assert.equal(await page.evaluate(() => window.playground.points().length / 4), 500);
    await page.click("#play");
    // The first frames compile.
    await page.waitForTimeout(1000);
    await page.evaluate(() => { window.work.length = 0; window.frameTimes.length = 0; });
    await page.waitForTimeout(4000);
    const { work, frames } = await page.evaluate(() => ({ work: [...window.work], frames: [...window.frameTimes] }));
    await page.click("#play");
    assert.ok(work.length > 10, `${work.length} frames`);
    const told = numbers => `median ${part(numbers, 0.5).toFixed(2)} ms, 95th percentile ${part(numbers, 0.95).toFixed(2)} ms`;
    context.diagnostic(`${name}: work per frame ${told(work)}; between frames ${told(frames)}; ${work.length} frames`);
    assert.ok(part(work, 0.5) < most, `work per frame: ${told(work)}`);
  });
}

pageTest("training keeps the elements that it draws on", { hash: "networkShape=8,8" }, async page => {
  await page.evaluate(() => {
    window.changes = 0;
    const count = records => {
      for (const { addedNodes, removedNodes } of records) {
        for (const node of [...addedNodes, ...removedNodes]) window.changes += node.nodeType === Node.ELEMENT_NODE;
      }
    };
    new MutationObserver(count).observe(document.body, { childList: true, subtree: true });
  });
  await page.click("#play");
  await page.waitForFunction(() => window.playground.epoch() > 30);
  await page.click("#play");
  assert.equal(await page.evaluate(() => window.changes), 0);
});
