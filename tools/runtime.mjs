/**
 * Makes the folder of files that Python in the browser starts from:
 *
 *     node tools/runtime.mjs WHEEL FOLDER
 *
 * Pyodide's three files without what cannot be reached (cut.mjs), a standard library pruned to what
 * a whole check needs and compiled beforehand, and the wheel with its modules compiled beside their
 * sources. Most of a stock cold start is compiling that library.
 *
 * What a check needs is measured twice: on the stock library and then on the one made from that, in
 * which the files of INSTEAD have the places of others and need less.
 *
 * Rules of this room: only documented interfaces of Pyodide; the same input gives the same bytes;
 * a folder of the name FOLDER is whole or not there; nothing is made again from unchanged input.
 */

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";
import { cutScript, cutWasm, wordsOf } from "./cut.mjs";

const TOOLS = dirname(fileURLToPath(import.meta.url));
const PYODIDE = join(TOOLS, "../node_modules/pyodide");
const PYODIDES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"];
const STOCK = join(PYODIDE, "python_stdlib.zip");
const LIBRARY = "python_stdlib.zip"; // the name that Pyodide asks for

/** What the library has of ours, or in the place of its own: where, and which file of tools/stdlib/. */
const INSTEAD = {
  "sitecustomize.py": "one_piece.py",
  "asyncio/__init__.py": "asyncio_by_parts.py",
};

const INPUTS = [
  ...PYODIDES.map((name) => join(PYODIDE, name)),
  STOCK,
  join(TOOLS, "../package-lock.json"), // which acorn and wasmparser cut
  ...["runtime.mjs", "cut.mjs"].map((name) => join(TOOLS, name)),
  ...["check.py", "measure.py", "beforehand.py", "bytecode.py"].map(ours),
  ...Object.values(INSTEAD).map(ours),
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
    layOut(folder),
    writeFile(join(folder, basename(wheel)), await accompanied(stock)),
    writeFile(join(folder, DIGEST), digest),
  ]);
}

/** Where the sources of the standard library lie; their bytecode says so in tracebacks. */
const SOURCES = "/lib/python_stdlib.zip";
// These too are in Python's own file system, which is in memory.
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
  const added = await run(python, "beforehand.py", "added");
  const given = [files, instead, added].map((it) => python.toPy(it));
  await run(python, "bytecode.py", "write", SOURCES, ...given, WRITTEN);
  return python.FS.readFile(WRITTEN);
}

/** The wheel with bytecode. @param {import("pyodide").PyodideAPI} python */
async function accompanied(python) {
  await run(python, "bytecode.py", "accompany", WHEEL, WRITTEN);
  return python.FS.readFile(WRITTEN);
}

/** Pyodide's files, of which the two large ones are cut. @param {string} folder */
async function layOut(folder) {
  const [loader, script, wasm] = await Promise.all(
    PYODIDES.map((name) => readFile(join(PYODIDE, name))),
  );
  const imported = WebAssembly.Module.imports(await WebAssembly.compile(wasm))
    .filter(({ kind }) => kind === "function")
    .map(({ name }) => name);
  const left = cutScript(`${script}`, `${loader}`, imported);
  const contents = [loader, left, cutWasm(wasm, wordsOf(`${left} ${loader}`))];
  await Promise.all(PYODIDES.map((name, at) => writeFile(join(folder, name), contents[at])));
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
