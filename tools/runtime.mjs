/**
 * Makes the folder of files that Python in the browser starts from:
 *
 *     node tools/runtime.mjs WHEEL FOLDER
 *
 * Pyodide's three files as they are, a standard library pruned to what a whole check needs and
 * compiled beforehand, and the wheel with its modules compiled beside their sources. Most of a
 * stock cold start is compiling that library.
 *
 * What a check needs is measured twice: on the stock library and then on the one made from that, in
 * which the files of INSTEAD have the places of others and need less.
 *
 * Rules of this room: only documented interfaces of Pyodide; the same input gives the same bytes;
 * a folder of the name FOLDER is whole or not there; nothing is made again from unchanged input.
 */

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const TOOLS = dirname(fileURLToPath(import.meta.url));
const PYODIDE = join(TOOLS, "../node_modules/pyodide");
const COPIED = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"];
const STOCK = join(PYODIDE, "python_stdlib.zip");
const LIBRARY = "python_stdlib.zip"; // the name that Pyodide asks for

/** What the library has of ours, or in the place of its own: where, and which file of tools/stdlib/. */
const INSTEAD = {
  "sitecustomize.py": "one_piece.py",
  "asyncio/__init__.py": "asyncio_by_parts.py",
};

const INPUTS = [
  ...COPIED.map((name) => join(PYODIDE, name)),
  STOCK,
  join(TOOLS, "runtime.mjs"),
  ...["check.py", "measure.py", "bytecode.py", ...Object.values(INSTEAD)].map(ours),
];
const DIGEST = ".inputs";

/** @param {string} wheel  @param {string} folder */
async function main(wheel, folder) {
  const digest = await digestOf([...INPUTS, wheel]);
  if ((await readFile(join(folder, DIGEST), "utf8").catch(() => "")) === digest) {
    return;
  }
  const half = `${folder}.half`; // One name, so that what an interruption left is not left twice.
  await rm(half, { recursive: true, force: true });
  await mkdir(half, { recursive: true });
  try {
    await fill(half, wheel, digest);
    await rm(folder, { recursive: true, force: true });
    await rename(half, folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

/** @param {string} folder  @param {string} wheel  @param {string} digest */
async function fill(folder, wheel, digest) {
  const content = new Uint8Array(await readFile(wheel));
  const stock = await started(STOCK, content);
  const library = join(folder, LIBRARY);
  await writeFile(library, await compiled(stock, await needed(stock)));
  const made = await started(library, content);
  await writeFile(library, await compiled(stock, await needed(made)));
  await Promise.all([
    ...COPIED.map((name) => copyFile(join(PYODIDE, name), join(folder, name))),
    writeFile(join(folder, basename(wheel)), await accompanied(stock)),
    writeFile(join(folder, "exports.json"), JSON.stringify(await usedExports())),
    writeFile(join(folder, DIGEST), digest),
  ]);
}

/** Where the sources of the standard library lie; their bytecode says so in tracebacks. */
const SOURCES = "/lib/python_stdlib.zip";
const WHEEL = "/tmp/wheel.zip";
const UNPACKED = "/tmp/wheel";
const WRITTEN = "/tmp/written.zip";

/**
 * A Python with a standard library, and our package, which has run a whole check.
 * @param {string} stdLibURL @param {Uint8Array} wheel
 */
async function started(stdLibURL, wheel) {
  const python = await loadPyodide({
    args: ["-X", "no_debug_ranges"],
    env: { PYTHONHASHSEED: "0" },
    stdLibURL,
  });
  python.FS.writeFile(SOURCES, new Uint8Array(await readFile(STOCK)));
  python.FS.writeFile(WHEEL, wheel);
  python.runPython(`
    import sys, zipfile
    zipfile.ZipFile("${WHEEL}").extractall("${UNPACKED}")
    sys.path.append("${UNPACKED}")
  `);
  await run(python, "check.py", "check");
  return python;
}

/** @param {import("pyodide").PyodideAPI} python @returns {Promise<string[]>} files of the standard library */
const needed = async (python) =>
  run(python, "measure.py", "needed", `${UNPACKED}/hitbtc_keycheck`, SOURCES);

/**
 * The library with these files of the standard one.
 * @param {import("pyodide").PyodideAPI} python
 * @param {string[]} files
 */
async function compiled(python, files) {
  const sources = Object.entries(INSTEAD).map(async ([name, file]) => [
    name,
    await readFile(ours(file), "utf8"),
  ]);
  const instead = Object.fromEntries(await Promise.all(sources));
  await run(
    python,
    "bytecode.py",
    "write",
    SOURCES,
    ...[files, instead].map((it) => python.toPy(it)),
    WRITTEN,
  );
  return python.FS.readFile(WRITTEN);
}

/** The wheel with bytecode. @param {import("pyodide").PyodideAPI} python */
async function accompanied(python) {
  await run(python, "bytecode.py", "accompany", WHEEL, WRITTEN);
  return python.FS.readFile(WRITTEN);
}

/**
 * The exports of the WebAssembly that Pyodide's own scripts use: those that any word in them may mean,
 * apart from where they read all 8 500; and the values, which they read there and then.
 */
async function usedExports() {
  const [wasm, glue, loader] = await Promise.all(
    ["pyodide.asm.wasm", "pyodide.asm.mjs", "pyodide.mjs"].map((name) =>
      readFile(join(PYODIDE, name)),
    ),
  );
  const [reading] = String(glue).match(READING) ?? [];
  if (!reading)
    throw new Error("pyodide.asm.mjs reads its exports in a way that is not known here");
  const words = new Set(
    `${glue}`
      .replace(reading, "")
      .concat(`${loader}`)
      .match(/[\w$]+/g),
  );
  for (const [, name] of reading.matchAll(/wasmExports\["(\w+)"\]\.value/g)) words.add(name);
  const names = WebAssembly.Module.exports(await WebAssembly.compile(wasm)).map(({ name }) => name);
  return names.filter((name) => words.has(name) || words.has(`_${name}`));
}

/** Where Pyodide's script reads all exports of the WebAssembly into variables. */
const READING = /var [\w$,]+;function assignWasmExports\(wasmExports\)\{[^}]*\}/;

/** @param {string} name of a Python file beside this one */
function ours(name) {
  return join(TOOLS, "stdlib", name);
}

/**
 * Calls a function of one of the Python files beside this one.
 * @param {import("pyodide").PyodideAPI} python
 * @param {string} file
 * @param {string} name
 * @param {...unknown} args
 */
async function run(python, file, name, ...args) {
  const globals = python.toPy({ __name__: file });
  python.runPython(await readFile(ours(file), "utf8"), { globals, filename: file });
  const found = globals.get(name)(...args);
  return found?.toJs?.() ?? found;
}

/** @param {string[]} files  @returns {Promise<string>} */
async function digestOf(files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const bytes = await readFile(file);
    hash.update(createHash("sha256").update(bytes).digest());
  }
  return hash.digest("hex");
}

const [wheel, folder] = process.argv.slice(2);
await main(wheel, folder).catch((error) => {
  console.error(`The runtime could not be made: ${error.message.trim().split("\n").at(-1)}`);
  process.exitCode = 1;
});
