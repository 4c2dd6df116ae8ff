// The network can be changed by hand: layers, neurons, activations, and every weight and bias.

import assert from "node:assert/strict";

import { addressed, drawn, epoch, expectAlive, losses, message, painted, parameters, settings, train } from "../support/playground.js";
import { pageTest } from "../support/site.js";

const structure = page => page.evaluate(() => JSON.parse(window.playground.structure()));

pageTest("layers are added and removed, up to six and down to none", {}, async page => {
  for (let layers = 3; layers <= 6; layers += 1) {
    await page.click("#addLayer");
    assert.equal((await settings(page)).networkShape.length, layers);
  }
  assert.ok(await page.isDisabled("#addLayer"));
  assert.equal((await addressed(page, "networkShape")).split(",").length, 6);
  await expectAlive(page);
  for (let layers = 5; layers >= 0; layers -= 1) {
    await page.click("#removeLayer");
    assert.equal((await settings(page)).networkShape.length, layers);
    await expectAlive(page);
  }
  assert.ok(await page.isDisabled("#removeLayer"));
  assert.equal(await addressed(page, "networkShape"), "");
});

pageTest("neurons are added and removed, up to eight and down to one", {}, async page => {
  for (let neurons = 5; neurons <= 8; neurons += 1) {
    await page.click("#more-1");
    assert.deepEqual((await settings(page)).networkShape, [neurons, 2]);
  }
  assert.ok(await page.isDisabled("#more-1"));
  await page.click("#fewer-2");
  assert.deepEqual((await settings(page)).networkShape, [8, 1]);
  assert.ok(await page.isDisabled("#fewer-2"));
  assert.equal(await addressed(page, "networkShape"), "8,1");
  const { layers, links } = await structure(page);
  assert.deepEqual(layers.map(({ neurons }) => neurons.length), [2, 8, 1, 1]);
  assert.equal(links.length, 2 * 8 + 8 + 1);
  assert.equal(await page.locator("[data-link]").count(), links.length);
});

pageTest("each layer has its own activation", {}, async page => {
  await page.selectOption("#activation-2", "relu");
  assert.deepEqual((await settings(page)).activations, ["tanh", "relu"]);
  assert.equal(await addressed(page, "activations"), "tanh,relu");
  assert.equal((await settings(page)).activation, "mixed");
  await page.selectOption("#activation", "sigmoid");
  assert.deepEqual((await settings(page)).activations, ["sigmoid", "sigmoid"]);
  for (const layer of [1, 2]) assert.equal(await page.inputValue(`#activation-${layer}`), "sigmoid");
  await expectAlive(page);
});

/** Opens the editor of the link at this place in the structure's list. */
async function openLink(page, at) {
  await page.locator(`[data-link="${at}"]`).focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector("#editor:visible");
}

pageTest("a weight is edited, and the picture and the loss follow", {}, async page => {
  const { links } = await structure(page);
  const [before, [loss]] = [await parameters(page), await losses(page)];
  const picture = await painted(page, "#output");
  await openLink(page, 3);
  assert.equal(Number(await page.inputValue("#editorValue")), Number(before[links[3].weight].toPrecision(6)));
  await page.fill("#editorValue", "-2.5");
  await page.keyboard.press("Enter");
  assert.ok(await page.isHidden("#editor"));
  await drawn(page);
  const after = await parameters(page);
  assert.equal(after[links[3].weight], -2.5);
  assert.deepEqual(after.filter((_, at) => at !== links[3].weight), before.filter((_, at) => at !== links[3].weight));
  assert.notEqual((await losses(page))[0], loss);
  assert.notEqual(await painted(page, "#output"), picture);
  assert.equal(await epoch(page), 0);
});

pageTest("a link can be clicked with the pointer", {}, async page => {
  const path = page.locator('[data-link="0"]');
  const middle = await path.evaluate(line => {
    const { x, y } = line.getPointAtLength(line.getTotalLength() / 3);
    const box = line.ownerSVGElement.getBoundingClientRect();
    return { x: box.x + x, y: box.y + y };
  });
  await page.mouse.click(middle.x, middle.y);
  assert.ok(await page.isVisible("#editor"));
  await page.click("#editorClose");
  assert.ok(await page.isHidden("#editor"));
});

pageTest("a bias is edited by the square at its neuron's corner", {}, async page => {
  const { layers } = await structure(page);
  const bias = layers[1].neurons[0].bias;
  const name = await page.evaluate(at => JSON.parse(window.playground.parameter_names())[at], bias);
  await page.getByRole("button", { name, exact: true }).click();
  await page.fill("#editorValue", "1.25");
  await page.keyboard.press("Enter");
  assert.equal((await parameters(page))[bias], 1.25);
  await expectAlive(page);
});

pageTest("the width and the colour of a link show its weight", {}, async page => {
  const { links } = await structure(page);
  const line = page.locator(".link").first();
  const shown = async weight => {
    await page.evaluate(([at, value]) => window.playground.set_parameter(at, value), [links[0].weight, weight]);
    await page.click("#showTestData");
    await drawn(page);
    return line.evaluate(path => {
      const style = getComputedStyle(path);
      return { width: Number.parseFloat(style.strokeWidth), colour: style.stroke };
    });
  };
  const [thin, thick, negative] = [await shown(0.1), await shown(3), await shown(-3)];
  assert.ok(thick.width > 2 * thin.width, `${thin.width} and ${thick.width}`);
  assert.equal(negative.width, thick.width);
  assert.notEqual(negative.colour, thick.colour);
});

pageTest("numbers that are not finite are refused", {}, async page => {
  const before = await parameters(page);
  const refused = await page.evaluate(() =>
    [Number.NaN, Infinity, -Infinity].map(value => {
      try {
        window.playground.set_parameter(0, value);
        return null;
      } catch (error) {
        return String(error);
      }
    }));
  assert.ok(refused.every(text => text?.length > 10), `${refused}`);
  assert.deepEqual(await parameters(page), before);
  await openLink(page, 0);
  await page.fill("#editorValue", "");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  assert.deepEqual(await parameters(page), before);
  await expectAlive(page);
});

pageTest("enormous weights are no end of the page", {}, async page => {
  await page.evaluate(() => {
    for (let at = 0; at < window.playground.parameters().length; at += 1) window.playground.set_parameter(at, 1e300);
  });
  await page.click("#step");
  await drawn(page);
  if (await message(page)) await page.click("#closeMessage");
  await page.click("#reset");
  await expectAlive(page);
});

pageTest("a neuron under the pointer is shown large", {}, async page => {
  await train(page, 50);
  await page.click("#step");
  const picture = await painted(page, "#output");
  await page.hover("#neuron-1-1");
  await drawn(page);
  assert.notEqual(await painted(page, "#output"), picture);
  assert.match(await page.innerText("#outputTitle"), /1/);
  await page.hover("h1");
  await drawn(page);
  assert.equal(await painted(page, "#output"), picture);
});
