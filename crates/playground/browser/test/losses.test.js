// Every data set trains to a stated loss, and the losses in the browser are those of a native run.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { choices, follow, losses, message, train } from "../support/playground.js";
import { pageTest } from "../support/site.js";

/** The outcome of the native test, which trains without a browser: address, epochs, training and test loss, the goal `below`. */
const file = process.env.NATIVE_LOSSES;
const isNumber = value => typeof value === "number" && Number.isFinite(value);

if (!file) {
  test("losses", () => assert.fail("NATIVE_LOSSES has to name the file that `PLAYGROUND_LOSSES=FILE cargo test -p chainrule-playground` writes"));
} else {
  const runs = JSON.parse(readFileSync(file, "utf8"));

  pageTest("there is a run of every data set", {}, async page => {
    const { datasets, regressions } = await choices(page);
    const trained = new Set(runs.map(({ address }) => {
      const settings = new URLSearchParams(address);
      return settings.get("problem") === "regression" ? settings.get("regDataset") : settings.get("dataset");
    }));
    assert.deepEqual([...datasets, ...regressions].map(({ word }) => word).filter(word => !trained.has(word)), []);
  });

  pageTest("each trains to its loss, which is that of a native run", {}, async (page, context) => {
    for (const { address, epochs, training, test: tested, below } of runs) {
      await follow(page, address);
      assert.equal(await message(page), null);
      const before = await losses(page);
      const found = await train(page, epochs);
      context.diagnostic(`${epochs} epochs of ${address}: training ${found[0]}, test ${found[1]}; native ${training}, ${tested}`);
      for (const [at, native] of [training, tested].entries()) {
        assert.ok(isNumber(native), `${native}`);
        assert.ok(Math.abs(found[at] - native) <= 1e-9, `${["training", "test"][at]} loss ${found[at]}, native ${native}`);
      }
      assert.ok(found[1] < before[1], `the test loss was ${before[1]} before`);
      assert.ok(found[1] < below, `the test loss has to come below ${below}`);
    }
  });
}
