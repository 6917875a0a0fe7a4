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
  const source = await readFile(join(ROOT, "tools/stdlib/check.py"), "utf8");
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

test("the colours of tracebacks are not made before a traceback is", async () => {
  const fresh = await loadShipped();
  const made = "'dataclasses' in __import__('sys').modules";
  assert.equal(fresh.runPython(made), false);
  const traceback = `
    import traceback
    try:
        1 / 0
    except ZeroDivisionError as error:
        found = "".join(traceback.format_exception(error))
    found
  `;
  assert.match(fresh.runPython(traceback), /\nZeroDivisionError: division by zero\n$/);
  assert.equal(fresh.runPython(made), true);
});

test("what was compiled beforehand is all that a check asks for, and as Python compiles it", async () => {
  const fresh = await loadShipped();
  fresh.FS.writeFile("/package.whl", new Uint8Array(await readFile(made)));
  const check = await readFile(join(ROOT, "tools/stdlib/check.py"), "utf8");
  fresh.runPython("import sys; sys.path.append('/package.whl')");
  fresh.runPython(`${check}\ncheck()`);
  const [unknown, patterns, tuples] = fresh.runPython(`
    import collections, re
    compiler, known = re._compiler, collections._known
    asked = [tuple(ask) for _, *ask in re._cache]
    named = [made for made in tuple.__subclasses__() if hasattr(made, "_fields")]
    def code(evaluated):
        (function,) = (it for it in evaluated.co_consts if hasattr(it, "co_code"))
        return function.co_code, function.co_varnames, function.co_names, function.co_consts
    codes = [evaluated.co_consts[0] for evaluated in known.values()]
    unknown = [
        *(ask for ask in asked if ask not in compiler._known),
        *(made.__name__ for made in named if made.__new__.__code__ not in codes),
    ]
    patterns = [compiler.compile(*ask) == compiler._compile_unknown(*ask) for ask in compiler._known]
    tuples = [code(it) == code(compile(text, "<string>", "eval")) for text, it in known.items()]
    unknown, patterns, tuples
  `);
  assert.deepEqual(unknown.toJs(), []);
  for (const [same, least] of [
    [patterns.toJs(), 30],
    [tuples.toJs(), 10],
  ]) {
    assert.ok(same.length >= least && same.every(Boolean));
  }
});

test("asyncio by parts has every name and every part that the whole has, and no other", async () => {
  const stock = await loadPyodide();
  stock.FS.writeFile("/instead.py", await readFile(join(ROOT, "tools/stdlib/asyncio_by_parts.py")));
  const compared = stock.runPython(`
    import asyncio, sys, types
    whole = {name: getattr(asyncio, name) for name in asyncio.__all__}
    whole["run"] = asyncio.run.__wrapped__  # Pyodide puts its own there, here as there
    def read(names):
        by_parts = types.ModuleType("asyncio")
        exec(open("/instead.py").read(), by_parts.__dict__)
        return {name: getattr(by_parts, name, None) for name in names}
    other = [name for name, found in read(whole).items() if found is not whole[name]]
    parts = [name for name in sys.modules if name.startswith("asyncio.")]
    lost = [name for name, found in read(part[8:] for part in parts).items()
            if found is not sys.modules[f"asyncio.{name}"]]
    other, lost, list(read(["nothing_of_the_kind", "__wrapped__"]).values())
  `);
  const [other, lost, unknown] = compared.toJs();
  assert.deepEqual([other, lost], [[], []]);
  assert.deepEqual(unknown, [undefined, undefined]);
});

test("an event loop runs on the parts of asyncio that were kept", async () => {
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
  assert.throws(() => python.runPython("import argparse"), /No module named 'argparse'/);
});

test("a fault of ours in Python still arrives in words", () => {
  const handle = python.pyimport("hitbtc_keycheck.browser").handle;
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

test("the worker names the release of Pyodide that it is given", async () => {
  const lock = await readFile(join(ROOT, "node_modules/pyodide/pyodide-lock.json"), "utf8");
  const worker = await readFile(join(ROOT, "validator/page/worker.js"), "utf8");
  for (const [name, value] of Object.entries(JSON.parse(lock).info)) {
    assert.match(worker, new RegExp(`${name}: "${value}"`));
  }
});

/** @param {string} folder */
const contents = async (folder) =>
  Promise.all((await readdir(folder)).sort().map((file) => readFile(join(folder, file))));

/** @param {string} from  @param {string} folder */
const make = (from, folder) =>
  promisify(execFile)("node", ["tools/runtime.mjs", from, folder], { cwd: ROOT });
