/**
 * What the build makes for the browser, tried in Node: build/runtime/, as `make site` left it.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { loadPyodide } from "pyodide";
import { loadShipped, ROOT, RUNTIME } from "./shipped.mjs";

/** @type {import("pyodide").PyodideAPI} */
let python;
/** @type {string} */
let wheel;
/** @type {string} */
let made;
/** @type {string} */
let scratch;
/** @type {string} */
let again;

before(async () => {
  const [name] = await readdir(join(ROOT, "build/wheel"));
  wheel = join(ROOT, "build/wheel", name);
  made = join(RUNTIME, name);
  scratch = await mkdtemp(join(tmpdir(), "runtime-test-"));
  again = join(scratch, "again");
  await make(wheel, again);
  python = await loadShipped();
  python.FS.writeFile("/before.whl", new Uint8Array(await readFile(wheel)));
  python.FS.writeFile("/package.whl", new Uint8Array(await readFile(made)));
  python.runPython("import sys; sys.path.append('/package.whl')");
});

after(() => rm(scratch, { recursive: true }));

test("a whole check comes out as written on nothing but what was kept", async () => {
  const source = await readFile(join(ROOT, "tools/build/stdlib/check.py"), "utf8");
  const failed = python.runPython(`${source}\ncheck()`).toJs();
  assert.deepEqual(failed, []);
});

test("every kept module imports, and says where it is from", () => {
  const modules = python.runPython(`
    import importlib, marshal, sys, zipfile
    archive = next(path for path in sys.path if path.endswith(".zip"))
    modules = marshal.loads(zipfile.ZipFile(archive).read("library"))
    for module, (package, code) in modules.items():
        found = importlib.import_module(module)
        assert found.__file__ == code.co_filename, module
        assert hasattr(found, "__path__") == package, module
    len(modules)
  `);
  assert.ok(modules > 80);
});

test("every module is its makers' own, compiled and not altered", async () => {
  const stock = await loadPyodide({ args: ["-X", "no_debug_ranges"] });
  for (const [name, path] of [
    ["/stock.zip", join(ROOT, "node_modules/pyodide/python_stdlib.zip")],
    ["/library.zip", join(RUNTIME, "python_stdlib.zip")],
  ]) {
    stock.FS.writeFile(name, await readFile(path));
  }
  const [altered, beside, compared] = stock
    .runPython(`
    import marshal, zipfile
    makers, library = zipfile.ZipFile("/stock.zip"), zipfile.ZipFile("/library.zip")
    names = library.namelist()
    apart = [name for name in names if name.endswith(".pyc") and name[:-1] not in names]
    codes = {name: marshal.loads(library.read(name)[16:]) for name in apart}
    for name, (package, code) in marshal.loads(library.read("library")).items():
        codes[name.replace(".", "/") + ("/__init__.pyc" if package else ".pyc")] = code
    def own(name, code):
        source, level = makers.read(name[:-1]), 0 if "pyodide/" in name else 2
        return compile(source, code.co_filename, "exec", dont_inherit=True, optimize=level)
    altered = [name for name, code in codes.items() if own(name, code) != code]
    altered, sorted(set(names) - set(apart)), len(codes)
  `)
    .toJs();
  assert.deepEqual(altered, []);
  assert.ok(compared > 80);
  assert.deepEqual(beside, ["library", "sitecustomize.py", "sitecustomize.pyc"]);
});

test("an event loop runs on what was kept of asyncio", async () => {
  const said = await python.runPythonAsync(`
    import asyncio
    async def later():
        await asyncio.sleep(0)
        return "later"
    await asyncio.wait_for(asyncio.gather(later(), asyncio.create_task(later())), 5)
  `);
  assert.deepEqual(said.toJs(), ["later", "later"]);
});

test("what the checker does not need was left out", () => {
  assert.throws(() => python.runPython("import argparse"), /^ModuleNotFoundError: .*'argparse'/m);
});

test("a fault of ours in Python still arrives in words", () => {
  const handle = python.pyimport("hitbtc_keycheck.bridge").handle;
  assert.throws(() => handle('{"do": "nothing-known"}'), /KeyError: 'nothing-known'/);
});

test("our own package travels as the wheel's own sources, which a reader can read", () => {
  const [before, now] = ["/before.whl", "/package.whl"].map((path) =>
    python.runPython(`
      import zipfile
      opened = zipfile.ZipFile("${path}")
      {name: opened.read(name).decode() for name in opened.namelist() if name.endswith(".py")}
    `),
  );
  assert.ok(before.length > 10);
  assert.ok(python.runPython("lambda one, other: one == other")(before, now));
  assert.match(now.get("hitbtc_keycheck/check.py"), /^"""One check, without I\/O/);
});

test("Python takes our bytecode as long as it was made from the source beside it", () => {
  const caught = python.runPython(`
    import shutil, sys, zipfile
    def answer(name, source):
        with zipfile.ZipFile("/package.whl") as whole, zipfile.ZipFile(name, "w") as other:
            twin = whole.read("hitbtc_keycheck/__init__.pyc")
            other.writestr("twin/__init__.py", source or whole.read("hitbtc_keycheck/__init__.py"))
            other.writestr("twin/__init__.pyc", twin)
        sys.path.insert(0, name)
        import twin
        del sys.path[0], sys.modules["twin"]
        return twin.__version__
    [answer("/same.zip", ""), answer("/altered.zip", "__version__ = 'altered'")]
  `);
  assert.match(caught.get(0), /^\d/);
  assert.equal(caught.get(1), "altered");
});

test("made again from the same input, every file is the same to the byte", async () => {
  const [first, second] = await Promise.all([RUNTIME, again].map(contents));
  assert.deepEqual(first, second);
});

test("unchanged input makes nothing again", async () => {
  const made = await stat(again);
  await make(wheel, again);
  assert.equal((await stat(again)).ino, made.ino);
});

test("a wheel that is not there ends in one sentence and leaves nothing half made", async () => {
  const missing = make(join(scratch, "no.whl"), join(scratch, "never"));
  await assert.rejects(missing, { code: 1, stderr: /^The runtime could not be made: ENOENT.*\n$/ });
  assert.deepEqual(await readdir(scratch), ["again"]);
});

test("a damaged wheel leaves the runtime of before as it was", async () => {
  const damaged = make(join(ROOT, "package.json"), again);
  await assert.rejects(damaged, { code: 1, stderr: /^The runtime could not be made: [^\n]*\n$/ });
  assert.deepEqual(await readdir(scratch), ["again"]);
  assert.ok((await readdir(again)).includes("python_stdlib.zip"));
});

test("what an interrupted run left half made is not used, and gone after the next", async () => {
  const never = join(scratch, "never");
  await mkdir(`${never}.half`);
  await writeFile(join(`${never}.half`, "python_stdlib.zip"), "half of it");
  await assert.rejects(make(join(ROOT, "package.json"), never));
  assert.deepEqual(await readdir(scratch), ["again"]);
});

/** @param {string} folder */
const contents = async (folder) =>
  Promise.all((await readdir(folder)).sort().map((file) => readFile(join(folder, file))));

/** @param {string} from  @param {string} folder */
const make = (from, folder) =>
  promisify(execFile)("node", ["tools/build/runtime.mjs", from, folder], { cwd: ROOT });
