/**
 * Pyodide as the checker ships it, build/runtime/ as `make site` left it, for Node.
 *
 * Rules of this room: started as validator/page/worker.js starts it, with no address in the global
 * offset table.
 */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const RUNTIME = join(ROOT, "build/runtime");
export const STOCK = join(ROOT, "node_modules/pyodide");

const { instantiate } = WebAssembly;

/** @returns {Promise<import("pyodide").PyodideAPI>} */
export async function loadShipped() {
  const shipped = await import(pathToFileURL(join(RUNTIME, "pyodide.mjs")).href);
  const { info } = JSON.parse(await readFile(join(STOCK, "pyodide-lock.json"), "utf8"));
  const nowhere = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  const table = { "GOT.func": new Proxy({}, { get: () => nowhere }) };
  WebAssembly.instantiate = /** @type {any} */ (
    (/** @type {any} */ code, /** @type {any} */ imports) =>
      instantiate(code, { ...imports, ...table })
  );
  try {
    return await shipped.loadPyodide({ lockFileContents: { info, packages: {} } });
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}
