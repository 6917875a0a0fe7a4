/**
 * The seal: fetch the runtime, check every byte of it, narrow the page's policy so that nothing but
 * HitBTC can be reached any more, start the worker, and see the browser refuse a forbidden address.
 *
 * Rules of this room: the secret's field opens only after all of this. A file with one wrong byte
 * stops everything. Policies intersect, so nothing can widen what `NARROW` has narrowed; a worker
 * made from a blob inherits it (one made from an address would not).
 */

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
  WebAssembly: () => self.WebAssembly,
  workers: () => self.Worker,
  "WebCrypto (a page has it over https)": () => crypto.subtle,
  "AbortSignal.any": () => AbortSignal.any,
};

/** @throws {SealError} where the browser lacks any of it */
function expectNeeds() {
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
  let loaded = 0;
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const count = (/** @type {number} */ bytes) => {
    loaded += bytes;
    progress(loaded, total);
  };
  const others = new AbortController();
  const either = AbortSignal.any([signal, others.signal]);
  /** @param {string} name */
  const get = async (name) => {
    const file = files.find((one) => one.name === name);
    if (!file) throw new SealError(`The page does not name the file ${name}.`, "ours");
    return fetchChecked(file, count, either);
  };
  const scripts = files.filter(({ name }) => name.endsWith(".mjs")); // Those the worker imports.
  const all = Promise.all([
    get("pyodide.asm.wasm").then(compiled),
    get("python_stdlib.zip"),
    get("hitbtc_keycheck.whl"),
    get("worker.js"),
    ...scripts.map(({ name }) => get(name).then(scriptUrl)),
  ]);
  all.catch(() => others.abort());
  const [wasm, stdlib, wheel, worker, ...urls] = await all;
  const source = scripts.reduce(
    (text, { name }, place) => text.replace(name, urls[place]),
    new TextDecoder().decode(worker),
  );
  const script = scriptUrl(new TextEncoder().encode(source).buffer);
  // Where there is nothing to import: a page from a disk may start no worker that could.
  const type = scripts.length ? "module" : "classic";
  return { wasm, stdlib, wheel, script, type };
}

/** @param {ArrayBuffer} bytes */
const compiled = (bytes) =>
  WebAssembly.compile(bytes).catch(() => {
    const words = "Something forbids WebAssembly on this page, so Python cannot start:";
    throw new SealError(`${words} a rule, an extension, or the browser's strict mode.`, "ours");
  });

/**
 * Fetch one file and compare its SHA-384 with the one in the page. (The browser's own integrity
 * check would do the same, but shows no progress until the last byte is there.)
 * @param {RuntimeFile} file
 * @param {(bytes: number) => void} count
 * @param {AbortSignal} signal
 */
async function fetchChecked(file, count, signal) {
  const bytes = new Uint8Array(file.bytes);
  let place = 0;
  try {
    /** @type {RequestInit} */
    const options = { signal, cache, credentials: "omit", redirect: "error" };
    const response = await (file.url ? fetch(file.url, options) : inside(file));
    if (!response.ok || !response.body) throw new Error(String(response.status));
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      signal.throwIfAborted(); // What lies in the document comes whether it is wanted or not.
      if (place + part.value.length > bytes.length) throw wrong(file);
      bytes.set(part.value, place);
      place += part.value.length;
      count(part.value.length);
    }
  } catch (error) {
    if (error instanceof SealError || signal.aborted) throw error;
    throw file.url ? new SealError(missing(file), "network") : wrong(file);
  }
  await breath();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-384", bytes));
  await breath();
  const found = `sha384-${btoa(String.fromCharCode(...digest))}`;
  if (place !== bytes.length || found !== file.integrity) throw wrong(file);
  return bytes.buffer;
}

/** Let the page answer its reader in between: of ten megabytes each step takes long enough alone. */
const breath = () => new Promise((resolve) => setTimeout(resolve));

/** In the file that is opened from a disk, the runtime lies in the document itself.
 * @param {RuntimeFile} file */
function inside({ name }) {
  const text = document.getElementById(`runtime-${name}`)?.textContent ?? "";
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
}

/** @param {RuntimeFile} file */
function wrong({ name }) {
  cache = "reload";
  const words = `The file ${name} is not the one this page was made with, so nothing of it was run.`;
  return new SealError(words, "ours");
}

/** @param {RuntimeFile} file */
const missing = (file) =>
  navigator.onLine
    ? `The file ${file.name} could not be fetched from this site. Press the button to try again.`
    : "This device is offline. Connect it and press the button again.";

/** @param {ArrayBuffer} bytes */
const scriptUrl = (bytes) => URL.createObjectURL(new Blob([bytes], { type: "text/javascript" }));

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

/**
 * Start a worker in the narrowed page and wait until it has started Python and seen the canary
 * refused. Rejects with a SealError where any of it fails.
 * @param {Runtime} runtime
 * @returns {Promise<Worker>}
 */
export async function startSealed(runtime) {
  const url = trusted ? trusted.createScriptURL(runtime.script) : runtime.script;
  const worker = new Worker(/** @type {string} */ (url), { type: runtime.type });
  const { wasm, stdlib, wheel } = runtime;
  worker.postMessage({ wasm, stdlib, wheel, canaries: CANARIES });
  try {
    const said = await withLimit(firstMessage(worker), START_LIMIT);
    if (said.say !== "started") throw new SealError(`Python did not start: ${said.words}`, "ours");
    if (said.reached || !said.refused) {
      throw new SealError("The browser did not seal this page.", "ours");
    }
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
