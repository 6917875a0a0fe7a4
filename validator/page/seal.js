/**
 * The seal: have the runtime fetched and checked, end the worker that fetched it, narrow the page's
 * policy so that nothing but HitBTC can be reached any more, start the worker that runs Python, and
 * see the browser refuse a forbidden address.
 *
 * Rules of this room: the secret's field opens only after all of this. A file with one wrong byte
 * stops everything. Policies intersect, so nothing can widen what `NARROW` has narrowed; a worker
 * made from a blob inherits it (one made from an address would not).
 */

import { fetcher } from "./fetcher.js";

export const NARROW = [
  "default-src 'none'",
  "script-src 'wasm-unsafe-eval'",
  "worker-src blob:",
  "img-src data:",
  "connect-src https://api.hitbtc.com wss://api.hitbtc.com",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Nobody can own a name under .invalid (RFC 6761); the policy must refuse it before any look-up. */
export const CANARY = "https://csp-canary.invalid/";

/** The page's own address; in the file that is opened from a disk, that of its twin on the site. */
export const HOME = document.documentElement.dataset.home ?? document.baseURI;

/** The page's first policy would refuse that one too; only the narrowed one refuses the site's own. */
const CANARIES = [CANARY, new URL("vault.js", HOME).href];

const START_LIMIT = 60_000;

/** Once a file was wrong, no copy that the browser kept is taken.
 * @type {RequestCache} */
let cache = "default";

/** What went wrong, in a reader's words; `fault` says whose doing it is. */
export class SealError extends Error {
  /** @param {string} message @param {"network" | "ours"} fault */
  constructor(message, fault) {
    super(message);
    this.fault = fault;
  }
}

/** What the seal needs of a browser, by the name that is told where it is missing.
 * @type {Record<string, () => unknown>} */
const NEEDS = {
  workers: () => self.Worker,
  "WebCrypto (a page has it over https)": () => crypto.subtle,
};

const WASM_OFF =
  "WebAssembly is switched off in this browser, so Python cannot start and the form stays closed.";

/** @throws {SealError} where the browser lacks any of it */
function expectNeeds() {
  if (!self.WebAssembly) throw new SealError(WASM_OFF, "ours");
  const missed = Object.keys(NEEDS).filter((name) => !NEEDS[name]());
  if (missed.length === 0) return;
  const words = `This browser lacks what the seal needs, so the form stays closed: ${missed.join(", ")}.`;
  throw new SealError(words, "ours");
}

/**
 * @typedef {{name: string, url?: string, integrity: string, bytes: number}} RuntimeFile
 * @typedef {(loaded: number, total: number) => void} Progress
 * @typedef {{wasm: WebAssembly.Module, stdlib: ArrayBuffer, wheel: ArrayBuffer, script: string, type: WorkerType}} Runtime
 */

/**
 * Fetch and check all runtime files, or none: the first that fails stops the others. Returns the
 * compiled code and the data, ready for any number of workers.
 * @param {RuntimeFile[]} files
 * @param {Progress} progress
 * @param {AbortSignal} signal
 * @returns {Promise<Runtime>}
 */
export async function fetchRuntime(files, progress, signal) {
  expectNeeds();
  const content = await fetched(files, progress, signal);
  const scripts = files.filter(({ name }) => name.endsWith(".mjs")); // Those the worker imports.
  const source = scripts.reduce(
    (text, { name }) => text.replace(name, scriptUrl(content[name])),
    new TextDecoder().decode(content["worker.js"]),
  );
  return {
    wasm: content["pyodide.asm.wasm"],
    stdlib: content["python_stdlib.zip"],
    wheel: content["hitbtc_keycheck.whl"],
    script: scriptUrl(source),
    // Where there is nothing to import: a page from a disk may start no worker that could.
    type: scripts.length ? "module" : "classic",
  };
}

/**
 * Have the fetcher bring all files, and end it, whatever came of it.
 * @param {RuntimeFile[]} files
 * @param {Progress} progress
 * @param {AbortSignal} signal
 * @returns {Promise<Record<string, any>>} what each holds, by its name
 */
function fetched(files, progress, signal) {
  const worker = startWorker(scriptUrl(`"use strict"; (${fetcher})();`), "classic");
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  /** @type {Record<string, any>} */
  const content = {};
  const all = new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.addEventListener("error", () => reject(new SealError(NO_WORKER, "ours")));
    worker.onmessage = ({ data }) => {
      if (data.loaded) {
        progress(data.loaded, total);
      } else if (data.failed) {
        reject(FAILURES[data.failed](data.name));
      } else {
        content[data.name] = data.content;
        if (Object.keys(content).length === files.length) resolve(content);
      }
    };
  });
  worker.postMessage({ files: files.map(wanted), cache });
  return all.finally(() => {
    worker.onmessage = null; // What it has said and nobody has heard yet comes too late.
    worker.terminate();
  });
}

/** In the file that is opened from a disk, the runtime lies in the document itself.
 * @param {RuntimeFile} file @returns {import("./fetcher.js").Wanted} */
function wanted({ url, ...file }) {
  if (url) return { ...file, url: new URL(url, document.baseURI).href };
  return { ...file, packed: document.getElementById(`runtime-${file.name}`)?.textContent ?? "" };
}

const NO_WORKER = "This browser did not let the page start a worker, so the form stays closed.";

/** @type {Record<string, (name: string) => SealError>} */
const FAILURES = {
  missing: (name) => {
    const words = `The file ${name} could not be fetched from this site. Press the button to try again.`;
    const offline = "This device is offline. Connect it and press the button again.";
    return new SealError(navigator.onLine ? words : offline, "network");
  },
  wrong: (name) => {
    cache = "reload";
    const words = `The file ${name} is not the one this page was made with, so nothing of it was run.`;
    return new SealError(words, "ours");
  },
  forbidden: () => {
    const words = "Something forbids WebAssembly on this page, so Python cannot start:";
    return new SealError(`${words} a rule, an extension, or the browser's strict mode.`, "ours");
  },
};

/** @param {string | ArrayBuffer} text */
const scriptUrl = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

/** From here on the browser lets this page and its workers reach HitBTC's API and nothing else. */
export function narrow() {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = NARROW;
  document.head.append(meta);
}

const trusted = window.trustedTypes?.createPolicy("keycheck", {
  createScriptURL: (/** @type {string} */ url) => {
    if (url.startsWith("blob:")) return url;
    throw new TypeError("Only the worker that this page checked may be started.");
  },
});

/** @param {string} script the address of a blob @param {WorkerType} type */
function startWorker(script, type) {
  const url = trusted ? trusted.createScriptURL(script) : script;
  return new Worker(/** @type {string} */ (url), { type });
}

/**
 * Start a worker in the narrowed page and wait until it has started Python and seen the canary
 * refused. Rejects with a SealError where any of it fails.
 * @param {Runtime} runtime
 * @param {object} lock what Pyodide's own lock file says of its release, from the build
 * @returns {Promise<Worker>}
 */
export async function startSealed(runtime, lock) {
  const worker = startWorker(runtime.script, runtime.type);
  const { wasm, stdlib, wheel } = runtime;
  worker.postMessage({ wasm, stdlib, wheel, lock, canaries: CANARIES });
  try {
    const said = await withLimit(firstMessage(worker), START_LIMIT);
    if (said.say !== "started") throw new SealError(`Python did not start: ${said.words}`, "ours");
    if (!said.refused) throw new SealError("The browser did not seal this page.", "ours");
    return worker;
  } catch (error) {
    worker.terminate();
    if (error instanceof SealError) throw error;
    throw new SealError("Python did not start in this browser.", "ours");
  }
}

/** @param {Worker} worker @returns {Promise<any>} */
function firstMessage(worker) {
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", (event) => resolve(event.data), { once: true });
    worker.addEventListener("error", reject, { once: true });
  });
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} limit milliseconds
 * @returns {Promise<T>}
 */
function withLimit(promise, limit) {
  return new Promise((resolve, reject) => {
    const words = "This browser did not finish sealing the page, so the form stays closed.";
    const timer = setTimeout(() => reject(new SealError(words, "ours")), limit);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
