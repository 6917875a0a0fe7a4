/**
 * Makes the folder of files that Python in the browser starts from:
 *
 *     node tools/runtime.mjs WHEEL FOLDER
 *
 * Pyodide's three files as they are, a standard library pruned to what a whole check needs and
 * compiled beforehand, and the wheel with its modules compiled beside their sources. Most of a
 * stock cold start is compiling that library.
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
const INPUTS = [
  ...[...COPIED, "python_stdlib.zip"].map((name) => join(PYODIDE, name)),
  ...["runtime.mjs", "stdlib/check.py", "stdlib/measure.py", "stdlib/bytecode.py"].map((name) =>
    join(TOOLS, name),
  ),
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
  const { library, package_ } = await compiled(wheel);
  await Promise.all([
    ...COPIED.map((name) => copyFile(join(PYODIDE, name), join(folder, name))),
    writeFile(join(folder, basename(wheel)), package_),
    writeFile(join(folder, "python_stdlib.zip"), library),
    writeFile(join(folder, DIGEST), digest),
  ]);
}

/** @param {string} wheel */
async function compiled(wheel) {
  const python = await loadPyodide({
    args: ["-X", "no_debug_ranges"],
    env: { PYTHONHASHSEED: "0" },
  });
  const bytes = new Uint8Array(await readFile(wheel));
  python.unpackArchive(bytes, "wheel");
  await run(python, "check.py", "check");
  const archive = python.runPython("import sys; next(p for p in sys.path if p.endswith('.zip'))");
  const unpacked = python.runPython("import hitbtc_keycheck; hitbtc_keycheck.__path__[0]");
  const files = await run(python, "measure.py", "needed", unpacked, archive);
  await run(python, "bytecode.py", "write", archive, files, "/tmp/python_stdlib.zip");
  python.FS.writeFile("/tmp/wheel.zip", bytes);
  await run(python, "bytecode.py", "accompany", "/tmp/wheel.zip", "/tmp/package.zip");
  const [library, package_] = ["/tmp/python_stdlib.zip", "/tmp/package.zip"].map((path) =>
    python.FS.readFile(path),
  );
  return { library, package_ };
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
  python.runPython(await readFile(join(TOOLS, "stdlib", file), "utf8"), {
    globals,
    filename: file,
  });
  return globals.get(name)(...args);
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
