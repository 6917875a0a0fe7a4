/**
 * What of Pyodide's two large files is shipped: nothing that its makers did not publish.
 *
 * Rules of this room: no part of tools/cut.mjs is used, so that it cannot vouch for itself; the
 * WebAssembly is taken apart here by a few lines that a suspicious reader can follow.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import wasmparser from "wasmparser";
import { RUNTIME, STOCK } from "./shipped.mjs";

const { BinaryReader, BinaryReaderState: At } = wasmparser;

const [EXPORTS, CODE] = [7, 10]; // numbers of sections (WebAssembly Core Specification, 5.5.2)
const TRAP = Buffer.from([0x00, 0x00, 0x0b]); // no variables; unreachable; end

/** @typedef {{script: string, loader: string, wasm: Uint8Array, module: WebAssembly.Module}} Files */

/** @type {Files} */
let shipped;
/** @type {Files} */
let stock;

before(async () => {
  [shipped, stock] = await Promise.all([RUNTIME, STOCK].map(files));
});

test("every section but two is the original's to the byte", () => {
  const [left, all] = [shipped, stock].map(({ wasm }) => sections(wasm));
  assert.deepEqual(
    left.map(({ id }) => id),
    all.map(({ id }) => id),
  );
  const differ = left.filter(({ content }, at) => !content.equals(all[at].content));
  assert.deepEqual(
    differ.map(({ id }) => id),
    [EXPORTS, CODE],
  );
});

test("every function is the original's to the byte, or traps at once", () => {
  const [left, all] = [shipped, stock].map(({ wasm }) => functions(wasm));
  assert.equal(left.length, all.length);
  const emptied = left.filter((code, at) => !code.equals(all[at]));
  assert.ok(emptied.every((code) => code.equals(TRAP)));
  assert.ok(emptied.length > 1000 && emptied.length < left.length / 2);
});

test("every export is the original's; those that the scripts name are there", () => {
  const [left, known] = [shipped, stock].map(({ wasm }) => exported(wasm));
  assert.ok([...left].every(([name, what]) => known.get(name) === what));
  assert.ok(left.size < known.size / 20);
  const called = `${shipped.script}${shipped.loader}`.matchAll(/(?<![\w$.\]"])_(\w+)\(/g);
  const wanted = [...called].map(([, name]) => name).filter((name) => known.has(name));
  assert.ok(wanted.length > 100);
  assert.deepEqual(
    wanted.filter((name) => !left.has(name)),
    [],
  );
});

test("no code that is left reads an address that the worker gives as null", () => {
  assert.deepEqual(addressesRead(shipped.wasm), []);
  assert.ok(addressesRead(stock.wasm).includes("emscripten_console_log"));
});

test("the script is the original's, with pieces of it gone", () => {
  assert.ok(isLeftOf(shipped.script, stock.script));
  assert.ok(shipped.script.length < stock.script.length / 2);
  for (const [place, put] of [
    ["var Module=", "eval(Module);var Module="],
    ["return moduleRtn", "eval(Module);return moduleRtn"],
  ]) {
    assert.ok(!isLeftOf(shipped.script.replace(place, put), stock.script));
  }
});

test("the script has every function that the WebAssembly calls", () => {
  const [, listed] = shipped.script.match(/var wasmImports=\{([^}]*)\}/) ?? [];
  const there = new Set(listed.split(",").map((entry) => entry.split(":")[0]));
  const called = WebAssembly.Module.imports(shipped.module).filter(
    ({ kind }) => kind === "function",
  );
  assert.deepEqual(
    called.filter(({ name }) => !there.has(name)),
    [],
  );
  assert.ok(called.length > 200);
});

/** @param {string} folder @returns {Promise<Files>} */
async function files(folder) {
  const names = ["pyodide.asm.mjs", "pyodide.mjs", "pyodide.asm.wasm"];
  const [script, loader, wasm] = await Promise.all(
    names.map((name) => readFile(join(folder, name))),
  );
  return {
    script: `${script}`,
    loader: `${loader}`,
    wasm,
    module: await WebAssembly.compile(wasm),
  };
}

/** @param {Uint8Array} wasm */
function sections(wasm) {
  const found = [];
  for (let at = 8; at < wasm.length; ) {
    const id = wasm[at];
    const [size, start] = number(wasm, at + 1);
    at = start + size;
    found.push({ id, content: Buffer.from(wasm.subarray(start, at)) });
  }
  return found;
}

/** The content of the one section. @param {Uint8Array} wasm @param {number} wanted */
const section = (wasm, wanted) =>
  sections(wasm).find(({ id }) => id === wanted)?.content ?? Buffer.of();

/** By the name of each export, its kind and the number of what it is. @param {Uint8Array} wasm */
function exported(wasm) {
  const content = section(wasm, EXPORTS);
  let [, at] = number(content, 0);
  const found = new Map();
  while (at < content.length) {
    const [size, start] = number(content, at);
    const [index, next] = number(content, start + size + 1);
    found.set(`${content.subarray(start, start + size)}`, `${content[start + size]} ${index}`);
    at = next;
  }
  return found;
}

/** The code of each function. @param {Uint8Array} wasm */
function functions(wasm) {
  const code = section(wasm, CODE);
  let [, at] = number(code, 0);
  const found = [];
  while (at < code.length) {
    const [size, start] = number(code, at);
    at = start + size;
    found.push(code.subarray(start, at));
  }
  return found;
}

/** An unsigned LEB128 and the place behind it. @param {Uint8Array} bytes @param {number} at */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

/** The addresses of the global offset table that code reads. @param {Uint8Array} wasm */
function addressesRead(wasm) {
  /** @type {string[]} */
  const globals = [];
  const read = new Set();
  const reader = new BinaryReader();
  reader.setData(wasm.slice().buffer, 0, wasm.length);
  while (reader.read()) {
    const result = /** @type {any} */ (reader.result);
    if (reader.state === At.IMPORT_SECTION_ENTRY && result.kind === 3) {
      const [module, name] = [result.module, result.field].map((it) => `${Buffer.from(it)}`);
      globals.push(module === "GOT.func" ? name : "");
    }
    if (reader.state === At.CODE_OPERATOR) read.add(globals[result.globalIndex]);
  }
  return globals.filter((name) => name && read.has(name));
}

/** Whether a script's pieces are the other's, in its order. @param {string} left @param {string} all */
function isLeftOf(left, all) {
  const [pieces, others] = [left, all].map((text) => text.match(/[\w$]+|[^\w$]/g) ?? []);
  let at = 0;
  for (const other of others) if (other === pieces[at]) at++;
  return at === pieces.length;
}
