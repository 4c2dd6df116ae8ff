// A point that is clicked is explained: its graph and the chain rule, live while the network trains.

import assert from "node:assert/strict";

import { drawn, follow, message, points, train } from "../support/playground.js";
import { pageTest } from "../support/site.js";

/** Clicks the output where a point is. */
async function clickPoint(page, { x1, x2 }) {
  const box = await page.locator("#output").boundingBox();
  await page.locator("#output").click({ position: { x: (x1 + 6) / 12 * box.width, y: (6 - x2) / 12 * box.height } });
}

pageTest("a click on a point shows its graph and the chain rule", {}, async page => {
  const all = await points(page);
  const at = all.findIndex(({ test }) => test === 0);
  await clickPoint(page, all[at]);
  await page.waitForSelector("#graph svg");
  const chosen = Number(await page.inputValue("#point"));
  assert.ok(Math.hypot(all[chosen].x1 - all[at].x1, all[chosen].x2 - all[at].x2) < 0.5);
  assert.ok(await page.locator("#explanation math").count() > 0);
  const { loss } = await page.evaluate(point => JSON.parse(window.playground.example(point)), chosen);
  assert.ok((await page.innerText("#exampleText")).includes(loss.toFixed(3)));
});

pageTest("a click where no point is says so", { hash: "dataset=gauss" }, async page => {
  await clickPoint(page, { x1: -5.9, x2: 5.9 });
  assert.match(await page.innerText("#exampleText"), /no point/);
  assert.equal(await message(page), null);
});

pageTest("the graph folds neurons, or shows every operation", {}, async page => {
  await page.fill("#point", "0");
  await page.press("#point", "Enter");
  const count = () => page.locator("#graph svg *").count();
  await page.waitForSelector("#graph svg");
  const folded = await count();
  await page.check("#everything");
  await drawn(page);
  assert.ok(await count() > folded);
  await page.uncheck("#everything");
  await drawn(page);
  assert.equal(await count(), folded);
});

pageTest("each parameter is explained", { hash: "networkShape=3,2" }, async page => {
  await page.fill("#point", "2");
  await page.press("#point", "Enter");
  const names = await page.locator("#parameter option").allInnerTexts();
  const count = await page.evaluate(() => window.playground.parameters().length);
  assert.equal(names.length, count);
  assert.equal(new Set(names).size, count);
  const seen = new Set();
  for (let at = 0; at < count; at += 1) {
    await page.selectOption("#parameter", String(at));
    seen.add(await page.innerHTML("#explanation"));
  }
  assert.equal(seen.size, count);
});

pageTest("graph and explanation follow the training", {}, async page => {
  await page.fill("#point", "1");
  await page.press("#point", "Enter");
  await page.waitForSelector("#graph svg");
  const before = [await page.innerHTML("#graph"), await page.innerHTML("#explanation")];
  await page.click("#play");
  await page.waitForFunction(old => document.getElementById("graph").innerHTML !== old, before[0]);
  await page.waitForFunction(old => document.getElementById("explanation").innerHTML !== old, before[1]);
  await page.click("#play");
});

pageTest("the gradient that is explained is that of differences", { hash: "networkShape=3,2" }, async page => {
  await train(page, 10);
  const found = await page.evaluate(() => {
    const box = document.createElement("div");
    const results = [];
    for (const parameter of [0, 3, 7]) {
      const value = window.playground.parameters()[parameter];
      const lossAt = shift => {
        window.playground.set_parameter(parameter, value + shift);
        return JSON.parse(window.playground.example(4)).loss;
      };
      const difference = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
      window.playground.set_parameter(parameter, value);
      box.innerHTML = window.playground.explain(4, parameter);
      const numbers = [...box.querySelector("math").querySelectorAll("mrow > mn")].map(number => number.textContent);
      results.push({ difference, text: box.querySelector(".equation, p").textContent, numbers });
    }
    return results;
  });
  for (const { difference, text } of found) {
    // The equation ends in the gradient, six digits after the point, with a minus sign of mathematics.
    const told = Number.parseFloat(text.replaceAll("−", "-").split("=").at(-1));
    assert.ok(Math.abs(told - difference) < 2e-6, `${text}: ${told}, by differences ${difference}`);
  }
});

pageTest("every kind of network is explained, and its graph opens at the loss", {}, async page => {
  for (const hash of ["networkShape=", "dataset=clouds&networkShape=4", "problem=regression", "networkShape=8,8,8,8,8,8"]) {
    await follow(page, hash);
    await page.fill("#point", "0");
    await page.press("#point", "Enter");
    await page.waitForSelector("#graph svg");
    assert.ok((await page.innerText("#explanation")).trim().length > 10, hash);
    const seen = await page.evaluate(() => {
      const box = document.getElementById("graph");
      const [name] = [...box.querySelectorAll("text")].filter(({ textContent }) => textContent === "E");
      const [inner, outer] = [name.getBoundingClientRect(), box.getBoundingClientRect()];
      return inner.left >= outer.left && inner.right <= outer.right && inner.top >= outer.top && inner.bottom <= outer.bottom;
    });
    assert.ok(seen, hash);
    await page.click("#step");
    assert.equal(await message(page), null, hash);
  }
});

pageTest("a number of no point chooses none", {}, async page => {
  for (const number of ["-1", "100000", "1.5", ""]) {
    await page.fill("#point", number);
    await page.press("#point", "Enter");
    assert.ok(await page.isHidden("#exampleColumns"), number);
  }
  assert.equal(await message(page), null);
});
