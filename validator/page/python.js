/**
 * Python's worker: it knows what to ask HitBTC next and what an answer means, and has nothing else: no
 * secret, no API key and, being born after the last narrowing of the policy, no network at all.
 *
 * Rules of this room: it speaks when it is asked, by the port that it is given first, and answers each
 * question once. `pause` and `forbidden` stand in transport.js too: each of the two files is to be read
 * alone, and what both imported would be one more script to hash and to start a worker from. The two names in the imports are replaced by the checked files' own blob addresses when the page starts it.
 */

/** @import {FromPython, KeeperToPython, PythonFiles, ToPython} from "./messages.d.ts" */

// @ts-expect-error: see above
import createPyodideModule from "pyodide.asm.mjs";
// @ts-expect-error: see above
import { loadPyodide } from "pyodide.mjs";

const REFUSAL_MS = 5000; // milliseconds for what the browser refuses at once
/** @type {(question: string) => string} */
let handle;

/** @type {MessagePort} */
let page;

/** @param {FromPython} message */
const say = (message) => page.postMessage(message);

self.onmessage = (/** @type {MessageEvent<KeeperToPython>} */ { data: module, ports }) => {
  self.onmessage = null;
  [page] = ports;
  page.onmessage = (/** @type {MessageEvent<ToPython>} */ { data }) => {
    if ("files" in data) start(module, data.files, data.lock, data.canaries);
    else answer(data.id, data.question);
  };
};

/** @param {number} id @param {string} question */
function answer(id, question) {
  try {
    say({ id, answer: handle(question) });
  } catch (error) {
    say({ id, failed: String(error) });
  }
}

/** @param {WebAssembly.Module} module @param {PythonFiles} files @param {object} lock
 * @param {string[]} canaries that it must be refused */
async function start(module, files, lock, canaries) {
  const refusals = Promise.all(canaries.map(forbidden));
  try {
    const pyodide = await startPyodide(module, files["python_stdlib.zip"], lock);
    pyodide.FS.writeFile("/wheel.zip", new Uint8Array(files["hitbtc_keycheck.whl"]));
    pyodide.runPython("import sys; sys.path.append('/wheel.zip')");
    handle = pyodide.pyimport("hitbtc_keycheck.bridge").handle;
    const refused = await Promise.race([refusals, pause(REFUSAL_MS)]);
    say({ say: "ready", refused: refused?.every(Boolean) ?? false });
  } catch (error) {
    say({ say: "failed", words: String(error) });
  }
}

/**
 * Hand Pyodide what it would fetch: the code, which the keeper compiled, and the standard library.
 * @param {WebAssembly.Module} module @param {ArrayBuffer} stdlib
 * @param {object} lock in place of the lock file, which it would fetch too
 */
async function startPyodide(module, stdlib, lock) {
  const { fetch, WebAssembly } = self;
  const { instantiateStreaming } = WebAssembly;
  self.fetch = async () => new Response(stdlib);
  WebAssembly.instantiateStreaming = async (_, imports) => {
    return { module, instance: await WebAssembly.instantiate(module, imports) };
  };
  try {
    return await loadPyodide({
      indexURL: "https://sealed.invalid/",
      packageBaseUrl: "https://sealed.invalid/",
      createPyodideModule,
      lockFileContents: lock,
    });
  } finally {
    self.fetch = fetch;
    WebAssembly.instantiateStreaming = instantiateStreaming;
  }
}

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whether an address was refused, as in transport.js. @param {string} canary @returns {Promise<boolean>} */
async function forbidden(canary) {
  const told = new Promise((resolve) => {
    self.addEventListener("securitypolicyviolation", ({ blockedURI, disposition }) => {
      if (blockedURI === canary && disposition === "enforce") resolve(true);
    });
  });
  let threw = false;
  try {
    new WebSocket(canary.replace(/^http/, "ws")).close();
  } catch {
    threw = true;
  }
  try {
    await fetch(canary, { mode: "no-cors" });
    return false;
  } catch {
    return threw || told;
  }
}
