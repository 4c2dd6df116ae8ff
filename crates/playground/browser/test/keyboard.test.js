// Everything can be reached, seen and named without a pointer, and is told to a screen reader.

import assert from "node:assert/strict";

import { drawn, epoch, expectAlive, parameters } from "../support/playground.js";
import { pageTest } from "../support/site.js";

const CONTROLS = "button, select, input, a[href], summary, [role=button], [tabindex]";

/** Goes once through the page by Tab. Resolves to what had the focus: id or description, and whether that can be seen. */
async function tabThrough(page) {
  const stops = [];
  await page.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); });
  for (let press = 0; press < 400; press += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return null;
      at.dataset.reached = "true";
      const seen = node => {
        const { outlineStyle, outlineWidth, boxShadow, stroke } = getComputedStyle(node);
        return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) || boxShadow !== "none"
          || (node instanceof SVGElement && stroke !== "none" && stroke !== "rgba(0, 0, 0, 0)");
      };
      // A field that is hidden from sight shows its focus on its label.
      const focusSeen = seen(at) || (at.labels && [...at.labels].some(seen));
      return { name: at.id || at.getAttribute("aria-label") || at.textContent.trim().slice(0, 40), focusSeen };
    });
    if (!stop) break;
    stops.push(stop);
  }
  return stops;
}

/** What has no name that a screen reader could say. */
const nameless = page =>
  page.locator(CONTROLS).evaluateAll(all =>
    all
      .filter(one => one.checkVisibility())
      .filter(one => {
        const labelled = (one.getAttribute("aria-labelledby") ?? "").split(" ").some(id => id && document.getElementById(id)?.textContent.trim());
        const label = [...(one.labels ?? [])].some(({ textContent }) => textContent.trim());
        // What a field or a list contains is its value, and no name.
        const content = !one.matches("select, input") && one.textContent.trim();
        return !(labelled || label || one.getAttribute("aria-label")?.trim() || content || one.getAttribute("title"));
      })
      .filter(one => one.tabIndex >= 0)
      .map(one => one.outerHTML.slice(0, 120)));

for (const [path, hash] of [["index.html", "networkShape=4,2"], ["index.html", "dataset=clouds"], ["backprop.html", ""]]) {
  pageTest(`${path}#${hash}: every control has a name`, { path, hash }, async page => {
    assert.deepEqual(await nameless(page), []);
    const pictures = await page.locator("canvas, svg").evaluateAll(all =>
      all
        .filter(one => one.checkVisibility())
        .filter(one => {
          // A picture within a control that has a name adds nothing to it.
          const within = one.closest("[aria-hidden=true], button, label, a");
          return !within && !(one.getAttribute("role") && (one.getAttribute("aria-label") || one.querySelector("title")));
        })
        .map(one => one.outerHTML.slice(0, 120)));
    assert.deepEqual(pictures, []);
  });

  pageTest(`${path}#${hash}: Tab reaches every control, and the focus is seen`, { path, hash }, async page => {
    const stops = await tabThrough(page);
    assert.ok(stops.length > 20 && stops.length < 390, `${stops.length} stops`);
    assert.deepEqual(stops.filter(({ focusSeen }) => !focusSeen).map(({ name }) => name), []);
    const missed = await page.locator("button, select, input, a[href], summary").evaluateAll(all =>
      all
        .filter(one => one.checkVisibility() && !one.disabled && !one.dataset.reached)
        // The neurons and their biases are one stop, and arrow keys move within it.
        .filter(one => one.tabIndex >= 0)
        .map(one => one.id || one.outerHTML.slice(0, 80)));
    assert.deepEqual(missed, []);
  });
}

pageTest("the space bar plays and pauses where no control has the focus", {}, async page => {
  await page.keyboard.press("Space");
  assert.equal(await page.getAttribute("#play", "aria-label"), "Pause");
  await page.waitForFunction(() => window.playground.epoch() > 5);
  await page.keyboard.press("Space");
  assert.equal(await page.getAttribute("#play", "aria-label"), "Play");
  const before = await epoch(page);
  await page.focus("#showTestData");
  await page.keyboard.press("Space");
  await drawn(page);
  assert.equal(await epoch(page), before);
  assert.ok(await page.isChecked("#showTestData"));
});

pageTest("arrow keys move between links, and Enter edits one", {}, async page => {
  await page.locator('[data-link="0"]').focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.link), "2");
  const label = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  assert.match(label, /weight/);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "editorValue");
  const before = await parameters(page);
  await page.keyboard.type("0.75");
  await page.keyboard.press("Enter");
  assert.ok(await page.isHidden("#editor"));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.link), "2");
  assert.equal((await parameters(page)).filter((value, at) => value !== before[at])[0], 0.75);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  assert.ok(await page.isHidden("#editor"));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.link), "2");
});

pageTest("arrow keys move between neurons, and Enter edits a bias", {}, async page => {
  await page.focus("#neuron-1-1");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.evaluate(() => document.activeElement.id), "neuron-1-2");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "neuron-2-2");
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.evaluate(() => document.activeElement.id), "neuron-2-1");
  const bias = await page.evaluate(() => JSON.parse(window.playground.structure()).layers[2].neurons[0].bias);
  await page.keyboard.press("Enter");
  await page.keyboard.type("-0.5");
  await page.keyboard.press("Enter");
  assert.equal((await parameters(page))[bias], -0.5);
});

pageTest("the focus stays where it was when the network is made anew", {}, async page => {
  for (const id of ["addLayer", "more-1", "x", "activation-1", "learningRate"]) {
    await page.focus(`#${id}`);
    if (id.startsWith("activation") || id === "learningRate") await page.keyboard.press("ArrowDown");
    else await page.keyboard.press("Space");
    await drawn(page);
    assert.equal(await page.evaluate(() => document.activeElement.id), id);
  }
  await expectAlive(page);
});

pageTest("epoch and losses are told, and not more often than once a second", {}, async page => {
  await page.evaluate(() => {
    window.told = [];
    const live = [...document.querySelectorAll("[aria-live=polite], [aria-live=assertive], [role=alert], [role=status]")];
    for (const region of live) {
      new MutationObserver(() => window.told.push([performance.now(), region.id])).observe(region, { childList: true, characterData: true, subtree: true });
    }
  });
  await page.click("#play");
  await page.waitForTimeout(5000);
  await page.click("#play");
  const told = await page.evaluate(() => window.told);
  assert.ok(told.length >= 2, `${told.length} times`);
  assert.ok(told.length <= 7, `${told.length} times in five seconds`);
  assert.match(await page.innerText("#spoken"), /\d+.*loss/i);
});

pageTest("a wish for less motion is granted: pictures change twice a second", { reducedMotion: true }, async page => {
  await page.evaluate(() => {
    window.painted = 0;
    const put = CanvasRenderingContext2D.prototype.putImageData;
    const output = document.getElementById("output");
    CanvasRenderingContext2D.prototype.putImageData = function (...rest) {
      if (this.canvas === output) window.painted += 1;
      return put.apply(this, rest);
    };
  });
  await page.click("#play");
  await page.waitForTimeout(3000);
  const painted = await page.evaluate(() => window.painted);
  await page.click("#play");
  assert.ok(painted >= 2 && painted <= 9, `${painted} pictures in three seconds`);
});
