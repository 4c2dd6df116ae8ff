// What the tests ask the page and do to it, in words.

import assert from "node:assert/strict";

/** The settings, as the module has them. */
export const settings = page => page.evaluate(() => JSON.parse(window.playground.settings()));

/** What the controls offer. */
export const choices = page =>
  page.evaluate(async () => JSON.parse((await import("./chainrule_playground.js")).choices()));

/** Training and test loss; null where there are no points. */
export const losses = page =>
  page.evaluate(() => Array.from(window.playground.losses(), loss => (Number.isNaN(loss) ? null : loss)));

export const parameters = page => page.evaluate(() => Array.from(window.playground.parameters()));

export const epoch = page => page.evaluate(() => window.playground.epoch());

/** Trains without the page's loop. Resolves to the losses. */
export async function train(page, epochs) {
  await page.evaluate(count => window.playground.train(count), epochs);
  return losses(page);
}

/** What the address says of one setting. */
export async function addressed(page, key) {
  return new URLSearchParams(await page.evaluate(() => location.hash.slice(1))).get(key);
}

/** Fails unless address and module agree on a setting. */
export async function expectSetting(page, key, value) {
  assert.equal(String((await settings(page))[key]), value, `settings().${key}`);
  assert.equal(await addressed(page, key), value, `${key} in the address`);
}

/** Makes the page load a hash, as a link on the page would, and waits until it has. */
export async function follow(page, hash) {
  await page.evaluate(wanted => {
    window.addEventListener("hashchange", () => setTimeout(() => { window.followed = true; }), { once: true });
    window.followed = false;
    location.hash = wanted;
  }, hash);
  await page.waitForFunction(() => window.followed);
}

/** The text of the message on the page, or null if none is shown. */
export async function message(page) {
  const shown = await page.locator("#message").isVisible();
  return shown ? (await page.locator("#messageText").innerText()).trim() : null;
}

/** Fails unless the page still trains. */
export async function expectAlive(page) {
  const before = await epoch(page);
  const [training] = await train(page, 2);
  assert.equal(await epoch(page), before + 2);
  assert.ok(training === null || Number.isFinite(training));
}

/** A number that tells pictures of a canvas apart: the sum of its bytes, each by its place. */
export const painted = (page, selector) =>
  page.locator(selector).evaluate(canvas => {
    // Of a copy, since the page's own canvas is not made to be read.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, byte, at) => (sum + byte * (1 + at % 9973)) % 2147483647, 0);
  });

/** Waits for the page to draw what has changed. */
export const drawn = page =>
  page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));

/** Points as objects. */
export const points = page =>
  page.evaluate(() => {
    const numbers = window.playground.points();
    const made = [];
    for (let at = 0; at < numbers.length; at += 4) {
      const [x1, x2, target, test] = numbers.slice(at, at + 4);
      made.push({ x1, x2, target, test });
    }
    return made;
  });
