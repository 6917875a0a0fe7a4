/**
 * Makes the folder of what Python in the browser has beside Pyodide's own files:
 *
 *     node tools/build/runtime.mjs WHEEL FOLDER
 *
 * A standard library pruned to what a whole check needs and compiled ahead, of which no module is
 * altered, and the wheel with its modules compiled beside their sources. Most of a stock cold start is
 * compiling that library.
 *
 * Rules of this room: only documented interfaces of Pyodide; the same input gives the same bytes;
 * a folder of the name FOLDER is whole or not there; nothing is made again from unchanged input.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const TOOLS = dirname(fileURLToPath(import.meta.url));
const PYODIDE = join(TOOLS, "../../node_modules/pyodide");
const STOCK = join(PYODIDE, "python_stdlib.zip");
const LIBRARY = "python_stdlib.zip"; // the name that Pyodide asks for

const INPUTS = [
  ...["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"].map((name) => join(PYODIDE, name)),
  STOCK,
  join(TOOLS, "runtime.mjs"),
  ...["check.py", "measure.py", "bytecode.py", "one_piece.py"].map(ours),
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
  const python = await afterACheck(new Uint8Array(await readFile(wheel)));
  await writeFile(join(folder, LIBRARY), await compiled(python));
  await writeFile(join(folder, basename(wheel)), await accompanied(python));
  await writeFile(join(folder, DIGEST), digest);
}

/** Where the sources of the standard library lie; their bytecode says so in tracebacks. */
const SOURCES = "/lib/python_stdlib.zip";
// These too are in Python's own file system, which is in memory.
const WHEEL = "/tmp/wheel.zip";
const UNPACKED = "/tmp/wheel";
const WRITTEN = "/tmp/written.zip";

/** A Python as its makers ship it, and our package, which has run a whole check. @param {Uint8Array} wheel */
async function afterACheck(wheel) {
  const python = await loadPyodide({
    args: ["-X", "no_debug_ranges"],
    env: { PYTHONHASHSEED: "0" },
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

/** The library of what was needed. @param {import("pyodide").PyodideAPI} python */
async function compiled(python) {
  const files = await run(python, "measure.py", "needed", `${UNPACKED}/hitbtc_keycheck`, SOURCES);
  const finder = await readFile(ours("one_piece.py"), "utf8");
  await run(python, "bytecode.py", "write", SOURCES, python.toPy(files), finder, WRITTEN);
  return python.FS.readFile(WRITTEN);
}

/** The wheel with bytecode. @param {import("pyodide").PyodideAPI} python */
async function accompanied(python) {
  await run(python, "bytecode.py", "accompany", WHEEL, WRITTEN);
  return python.FS.readFile(WRITTEN);
}

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
