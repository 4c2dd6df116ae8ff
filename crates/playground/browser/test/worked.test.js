// The worked example: through all stages its numbers are those that the slides print, and sliders move them.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { pageTest } from "../support/site.js";

const OPTIONS = { path: "backprop.html" };

/** What the slides print, by the names of the table. */
const SLIDES = {
  forward: ["0.3775", "0.593269992", "0.596884378", "1.105905967", "0.75136507", "0.772928465"],
  error: ["0.274811083", "0.023560026", "0.298371109"],
  backward: ["0.74136507", "0.186815602", "0.082167041"],
  update: ["0.149780716", "0.19956143", "0.24975114", "0.29950229", "0.35891648", "0.408666186", "0.51130127", "0.561370121"],
  after: ["0.291027"],
};

const rows = page =>
  page.locator("#numbers tbody tr").evaluateAll(lines =>
    lines.map(line => {
      const [name, value, slide, agrees] = [...line.cells].map(cell => cell.textContent);
      return { name, value, slide, agrees };
    }));

const stageCount = page => page.locator("#stages button").count();

/** The table of every stage, one after the other. */
async function allRows(page) {
  const all = [];
  for (let stage = 1; stage <= await stageCount(page); stage += 1) {
    await page.click(`#stages li:nth-child(${stage}) button`);
    all.push(...await rows(page));
  }
  return all;
}

pageTest("the numbers of all stages are those of the slides", OPTIONS, async page => {
  assert.equal(await stageCount(page), 8);
  const found = [];
  for (let stage = 1; stage <= 8; stage += 1) {
    assert.equal(await page.innerText("#stage-place"), `stage ${stage} of 8`);
    assert.equal(await page.locator("#stages [aria-current=step]").innerText(), await page.innerText("#stage-title"));
    assert.ok((await page.innerText("#stage-text")).length > 10);
    assert.ok(await page.locator("#stage-html math").count() > 0, `formulas of stage ${stage}`);
    assert.equal(await page.locator("#stage-drawing svg").count(), 1);
    const table = await rows(page);
    assert.ok(table.length > 0, `numbers of stage ${stage}`);
    found.push(...table);
    if (stage < 8) await page.click("#next");
  }
  for (const { name, value, slide, agrees } of found) {
    assert.notEqual(agrees, "✗ no", `${name}: ${value}, the slide prints ${slide}`);
    if (slide === "–") continue;
    const places = slide.split(".")[1]?.length ?? 0;
    // Slides cut digits off as often as they round.
    assert.ok(Math.abs(Number(value) - Number(slide)) <= 1.01 * 10 ** -places, `${name}: ${value}, the slide prints ${slide}`);
    assert.equal(agrees, "✓ yes", name);
  }
  const values = found.map(({ value }) => Number(value));
  for (const [part, numbers] of Object.entries(SLIDES)) {
    for (const printed of numbers) {
      const near = values.some(value => Math.abs(value - Number(printed)) <= 1.01 * 10 ** -(printed.split(".")[1].length));
      assert.ok(near, `${part}: ${printed} stands in no table`);
    }
  }
});

pageTest("previous, next, arrow keys and the list go through the stages", OPTIONS, async page => {
  const place = () => page.innerText("#stage-place");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await place(), "stage 3 of 8");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await place(), "stage 2 of 8");
  await page.click("#previous");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await place(), "stage 1 of 8");
  assert.equal(await page.getAttribute("#previous", "aria-disabled"), "true");
  await page.locator("#stages button").last().click();
  assert.equal(await place(), "stage 8 of 8");
  assert.equal(await page.evaluate(() => location.hash), "#stage-8");
  await page.evaluate(() => { window.worked = null; });
  await page.reload();
  await page.waitForFunction(() => window.worked);
  assert.equal(await place(), "stage 8 of 8");
  for (const hash of ["#stage-99", "#stage--1", "#nothing", "#stage-0"]) {
    await page.evaluate(wanted => { location.hash = wanted; }, hash);
    await page.waitForFunction(() => /^stage [1-8] of 8$/.test(document.getElementById("stage-place").textContent));
  }
});

pageTest("arrows in a slider move the slider and not the stage", OPTIONS, async page => {
  await page.focus("#slider-w1");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.innerText("#stage-place"), "stage 1 of 8");
  assert.ok(Number(await page.inputValue("#w1")) > 0.15);
});

pageTest("every slider and every field moves the numbers", OPTIONS, async page => {
  const names = await page.evaluate(() => JSON.parse(window.worked.names()));
  assert.equal(names.length, 15);
  const first = await allRows(page);
  for (const { key, value, min, max } of names) {
    assert.ok(await page.evaluate(id => document.getElementById(id).labels.length > 0, key), `label of ${key}`);
    for (const [field, other] of [[`slider-${key}`, key], [key, `slider-${key}`]]) {
      const wanted = String(value + (max - min) / 4 <= max ? value + (max - min) / 4 : value - (max - min) / 4);
      await page.fill(`#${field}`, await page.evaluate(([id, text]) => {
        // A slider takes what its step allows.
        const field = document.getElementById(id).cloneNode();
        field.value = text;
        return field.value;
      }, [field, wanted]));
      const set = Number(await page.inputValue(`#${field}`));
      assert.notEqual(set, value, field);
      assert.equal(await page.evaluate(name => JSON.parse(window.worked.names()).find(one => one.key === name).value, key), set);
      assert.ok(Math.abs(Number(await page.inputValue(`#${other}`)) - set) <= (max - min) / 50, `${other} follows ${field}`);
      const moved = await page.evaluate(() => JSON.parse(window.worked.stages()).flatMap(({ numbers }) => numbers));
      assert.ok(moved.some(({ value: now }, at) => now !== first[at].value), `${field} moves nothing`);
      assert.ok(moved.every(({ slide }) => slide === null), `${field}: nothing is compared with the slides any more`);
      assert.ok((await rows(page)).every(({ slide }) => slide === "–"), field);
      await page.click("#worked-reset");
      assert.equal(Number(await page.inputValue(`#${key}`)), value);
    }
  }
  assert.deepEqual(await allRows(page), first);
});

pageTest("what is no number is refused and breaks nothing", OPTIONS, async page => {
  const before = await rows(page);
  await page.fill("#w1", "");
  assert.ok(await page.isVisible("#message"));
  assert.equal(await page.getAttribute("#w1", "aria-invalid"), "true");
  assert.deepEqual(await rows(page), before);
  await page.fill("#w1", "0.15");
  assert.ok(await page.isHidden("#message"));
  await page.fill("#w1", "1e300");
  await page.fill("#i1", "1e300");
  await page.click("#apply");
  await page.click("#worked-reset");
  assert.deepEqual(await rows(page), before);
});

pageTest("steps are applied, and the error falls", OPTIONS, async page => {
  const total = async () => Number(await page.innerText("#total"));
  assert.ok(Math.abs(await total() - 0.298371109) < 1e-9);
  await page.click("#apply");
  assert.equal(await page.innerText("#iteration"), "1");
  assert.ok(Math.abs(await total() - 0.291027774) < 1e-8);
  assert.ok(Math.abs(Number(await page.inputValue("#w5")) - 0.35891648) < 1e-8);
  const curve = await page.getAttribute("#errors polyline", "points");
  await page.click("#apply-100");
  assert.equal(await page.innerText("#iteration"), "101");
  assert.ok(await total() < 0.2);
  assert.notEqual(await page.getAttribute("#errors polyline", "points"), curve);
  const errors = await page.evaluate(() => Array.from(window.worked.errors()));
  assert.equal(errors.length, 102);
  assert.ok(errors.every((error, at) => at === 0 || error < errors[at - 1]));
  await page.click("#worked-reset");
  assert.equal(await page.innerText("#iteration"), "0");
});

pageTest("ten thousand steps end where the lecture's run ends", OPTIONS, async page => {
  const error = await page.evaluate(() => {
    for (let done = 0; done < 10000; done += 1) window.worked.update();
    return window.worked.errors().at(-1);
  });
  // Biases kept, as in the slides: 3.5102e-5.
  assert.ok(Math.abs(error - 3.5102e-5) < 1e-9, `${error}`);
});

pageTest("the tape is drawn gate by gate", OPTIONS, async page => {
  await page.locator("#tape summary").click();
  await page.waitForSelector("#graph svg");
  assert.ok(await page.locator("#graph svg text").count() > 20);
});

for (const [name, options] of [
  ["worked-light", {}],
  ["worked-dark", { dark: true }],
  ["worked-phone", { width: 360, height: 740 }],
]) {
  pageTest(`${name}: no horizontal scroll, and nothing jumps from step to step`, { ...OPTIONS, ...options }, async page => {
    const places = () =>
      page.evaluate(() => ["previous", "next", "stage-title", "apply", "w1", "errors"].map(id => {
        const { left, width } = document.getElementById(id).getBoundingClientRect();
        return [id, left, id === "stage-title" ? 0 : width];
      }));
    const before = await places();
    for (let stage = 1; stage <= 8; stage += 1) {
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `stage ${stage}`);
      assert.deepEqual(await places(), before);
      if (stage < 8) await page.click("#next");
    }
    await page.click("#stages li:nth-child(6) button");
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  });
}
