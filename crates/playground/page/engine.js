// Loads the engine, which lies beside the page compressed, so that every host sends little.

import init from "./chainrule_playground.js";

export async function loadEngine() {
  const packed = await fetch(new URL("chainrule_playground.wasm.packed", import.meta.url));
  if (!packed.ok) throw new Error(`${packed.url} is not there (${packed.status})`);
  const module = packed.body.pipeThrough(new DecompressionStream("gzip"));
  await init({ module_or_path: new Response(module, { headers: { "Content-Type": "application/wasm" } }) });
}
