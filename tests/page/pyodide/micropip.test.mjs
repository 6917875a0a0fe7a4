/**
 * The wheel that the build left, installed by micropip from an index of its own on this machine.
 *
 * A Pyodide brings the micropip that fits it, by a download that is not for tests. The last one that
 * is also on PyPI fits an earlier Pyodide, so that is the pair that is tried here.
 */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide-of-micropip";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const FOLDER = join(ROOT, "build/wheel");
const HTML = { "Content-Type": "text/html" };

/** @type {import("node:http").Server} */
let server;
/** @type {string} */
let index;
/** @type {import("pyodide-of-micropip").PyodideInterface} */
let python;
/** @type {string[]} */
const asked = [];

before(async () => {
  const [name] = await readdir(FOLDER);
  const wheel = await readFile(join(FOLDER, name));
  const sum = createHash("sha256").update(wheel).digest("hex");
  const page = `<!doctype html><a href="/${name}#sha256=${sum}">${name}</a>`;
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url === `/${name}`) response.end(wheel);
    else if (request.url?.startsWith("/simple/hitbtc-keycheck")) {
      response.writeHead(200, HTML).end(page);
    } else response.writeHead(404).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  index = `http://127.0.0.1:${port}/simple`;
  python = await loadPyodide();
  python.mountNodeFS("/packages", join(ROOT, ".venv/pyodide"));
  python.runPython("import sys; sys.path.append('/packages')");
});

after(() => server.close());

test("micropip installs it from an index, with nothing else", async () => {
  python.globals.set("index", index);
  const installed = await python.runPythonAsync(`
    import micropip
    await micropip.install("hitbtc-keycheck", index_urls=[index])
    sorted(package.name for package in micropip.list().values())
  `);
  assert.deepEqual(installed.toJs(), ["hitbtc-keycheck"]);
  assert.ok(asked.every((path) => path.includes("hitbtc")));
});

test("what micropip installed checks a whole rehearsal", async () => {
  const check = await readFile(join(ROOT, "tools/build/stdlib/check.py"), "utf8");
  assert.deepEqual(python.runPython(`${check}\ncheck()`).toJs(), []);
});
