// The page by day, by night and on a phone: nothing is wider than the screen, nothing overlaps, nothing jumps while it trains.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { drawn, train } from "../support/playground.js";
import { pageTest } from "../support/site.js";

const SCREENS = {
  light: { width: 1400, height: 1000 },
  dark: { width: 1400, height: 1000, dark: true },
  tablet: { width: 820, height: 1100 },
  phone: { width: 360, height: 740 },
  "phone-dark": { width: 360, height: 740, dark: true },
};

const STATES = {
  "circle": "dataset=circle",
  "six-layers": "dataset=spiral&networkShape=8,8,8,8,8,8&showTestData=true&sinX=true&sinY=true",
  "classes": "dataset=clouds&networkShape=6&showTestData=true",
  "regression": "problem=regression&regDataset=reg-gauss&networkShape=",
};

/** Where each region and control stands. */
const boxes = page =>
  page.evaluate(() => {
    const found = {};
    const regions = document.querySelectorAll("header, main > *, .panel, canvas, button, select, input, output, dd, #network");
    for (const [at, region] of [...regions].entries()) {
      if (!region.checkVisibility()) continue;
      const { x, y, width, height } = region.getBoundingClientRect();
      found[`${at} ${region.tagName} ${region.id || region.className}`] = [x + scrollX, y + scrollY, width, height].map(Math.round);
    }
    return found;
  });

/** Pairs of panels that share some of the screen. */
const overlaps = page =>
  page.evaluate(() => {
    const panels = [...document.querySelectorAll("body > header, .panel")].filter(panel => panel.checkVisibility());
    const pairs = [];
    for (const one of panels) {
      for (const other of panels) {
        if (one === other || one.contains(other) || other.contains(one)) continue;
        const [a, b] = [one.getBoundingClientRect(), other.getBoundingClientRect()];
        const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (wide > 1 && high > 1) pairs.push(`${one.className} and ${other.className}`);
      }
    }
    return pairs;
  });

/** What sticks out of the panel that it is in, unless a box there scrolls. */
const sticksOut = page =>
  page.evaluate(() => {
    const out = [];
    for (const panel of document.querySelectorAll(".panel")) {
      const edge = panel.getBoundingClientRect();
      for (const one of panel.querySelectorAll("button, select, input, canvas, output, dd, dt, label, h2, p, td, th")) {
        if (!one.checkVisibility() || one.closest(".visually-hidden")) continue;
        const scrolls = [...function* () { for (let at = one; at && at !== panel; at = at.parentElement) yield at; }()]
          .some(at => ["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX));
        const box = one.getBoundingClientRect();
        if (!scrolls && (box.left < edge.left - 1 || box.right > edge.right + 1)) out.push(one.id || one.outerHTML.slice(0, 80));
      }
    }
    return out;
  });

/** Each screen with one state, and each state on the widest and the narrowest. */
const SEEN = [
  ["light", "circle"], ["light", "six-layers"], ["light", "classes"], ["light", "regression"],
  ["phone", "circle"], ["phone", "six-layers"], ["phone", "classes"], ["phone", "regression"],
  ["dark", "classes"], ["phone-dark", "circle"], ["tablet", "six-layers"],
];
/** Those in which something could move. */
const STILL = new Set(["light circle", "light classes", "phone six-layers", "tablet six-layers"]);

for (const [screen, state] of SEEN) {
  const [options, hash] = [SCREENS[screen], STATES[state]];
  pageTest(`${screen}, ${state}: all of it fits`, { ...options, hash }, async page => {
    await train(page, 40);
    await page.click("#step");
    await page.fill("#point", "0");
    await page.press("#point", "Enter");
    await page.waitForSelector("#graph svg");
    await drawn(page);
    const { wide, seen } = await page.evaluate(() => ({ wide: document.documentElement.scrollWidth, seen: innerWidth }));
    assert.ok(wide <= seen, `the page is ${wide} wide, the screen ${seen}`);
    assert.deepEqual(await overlaps(page), []);
    assert.deepEqual(await sticksOut(page), []);
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    mkdirSync(folder, { recursive: true });
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: join(folder, `${screen}-${state}.png`), fullPage: true });
  });

  if (!STILL.has(`${screen} ${state}`)) continue;
  pageTest(`${screen}, ${state}: nothing jumps while it trains`, { ...options, hash }, async page => {
    await drawn(page);
    const before = await boxes(page);
    await page.click("#play");
    await page.waitForFunction(() => window.playground.epoch() > 20, null, { timeout: 60000 });
    await page.waitForTimeout(700);
    assert.deepEqual(await boxes(page), before);
    await page.click("#play");
    await drawn(page);
    assert.deepEqual(await boxes(page), before);
  });
}

for (const [name, dark] of [["light", false], ["dark", true]]) {
  pageTest(`text stands out from its ground, ${name}`, { dark, hash: "dataset=clouds" }, async page => {
    await page.fill("#point", "0");
    await page.press("#point", "Enter");
    await page.waitForSelector("#graph svg");
    const weak = await page.evaluate(() => {
      const channels = colour => colour.match(/[\d.]+/g).map(Number);
      const light = colour => {
        const [r, g, b] = channels(colour).slice(0, 3).map(c => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const ground = node => {
        for (let at = node; at; at = at.parentElement) {
          const colour = getComputedStyle(at).backgroundColor;
          if (!colour.startsWith("rgb")) return null;
          if ((channels(colour)[3] ?? 1) === 1) return colour;
        }
        return "rgb(255, 255, 255)";
      };
      const found = [];
      for (const node of document.querySelectorAll("h1, h2, h3, p, label, span, dt, dd, button, a, output, select, td, th, figcaption")) {
        const own = [...node.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
        // What cannot be used may be faint.
        if (!own || !node.checkVisibility() || node.closest("[hidden], :disabled, .visually-hidden")) continue;
        const [under, ink] = [ground(node), getComputedStyle(node).color];
        if (!under || !ink.startsWith("rgb")) continue;
        const [a, b] = [light(ink), light(under)];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) found.push(`${contrast.toFixed(2)}: ${node.textContent.trim().slice(0, 40)}`);
      }
      return found;
    });
    assert.deepEqual(weak, []);
  });
}
