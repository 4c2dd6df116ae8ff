// Serves the built site on this machine, and opens its pages in a browser that lets no fault pass.

import assert from "node:assert/strict";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

/** Where the site lies: the environment's SITE, or where the program `serve` writes it. */
const SITE = process.env.SITE ?? fileURLToPath(new URL("../../../../target/playground", import.meta.url));

const CONTENT_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
};

/** Headless, with nothing that would ask another host. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

let server;
let browser;

async function start() {
  if (browser) return;
  assert.ok(existsSync(join(SITE, "index.html")), `no site in ${SITE}: build it with the program in serve/, or set SITE`);
  server = createServer((request, response) => {
    const name = new URL(request.url, "http://localhost").pathname.slice(1) || "index.html";
    const file = join(SITE, name);
    if (!/^[\w.-]+$/.test(name) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": CONTENT_TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise(resolve => server.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
}

after(async () => {
  await browser?.close();
  server?.close();
});

/** The site's address. */
export const origin = () => `http://127.0.0.1:${server.address().port}`;

/**
 * One test on one page of its own. It fails on an error on the console, an error that nobody catches, a file that is not there, and a
 * request to another host. Options: path, hash, width, height, dark, reducedMotion, prepare (run in the page before its own scripts).
 */
export function pageTest(name, options, body) {
  test(name, async context => {
    await start();
    const { path = "index.html", hash = "", width = 1400, height = 1000, dark = false, reducedMotion = false, prepare } = options;
    const session = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? "dark" : "light",
      reducedMotion: reducedMotion ? "reduce" : "no-preference",
      acceptDownloads: true,
    });
    try {
      const page = await session.newPage();
      page.setDefaultTimeout(15000);
      const faults = watch(page);
      if (prepare) await page.addInitScript(prepare);
      await page.goto(`${origin()}/${path}${hash && `#${hash}`}`);
      await started(page, faults);
      await body(page, context);
      assert.deepEqual(faults, []);
    } finally {
      await session.close();
    }
  });
}

/** Waits until the page's script has started, or has failed to. */
async function started(page, faults) {
  const starts = page.waitForFunction(() => window.playground ?? window.worked, null, { timeout: 60000 });
  const fails = page.waitForEvent("pageerror", { timeout: 0 });
  // The one that comes to nothing is no fault.
  for (const one of [starts, fails]) one.catch(() => {});
  await Promise.race([starts, fails]);
  assert.deepEqual(faults, [], "the page starts");
}

/** A list that every fault of the page is added to. */
function watch(page) {
  const faults = [];
  page.on("console", message => {
    if (["error", "warning"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", error => faults.push(`not caught: ${error}`));
  page.on("request", request => {
    const url = request.url();
    if (!url.startsWith(origin()) && !/^(data|blob):/.test(url)) faults.push(`asks another host: ${url}`);
  });
  page.on("requestfailed", request => faults.push(`not loaded: ${request.url()}`));
  page.on("response", response => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
  page.on("dialog", dialog => {
    faults.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return faults;
}
