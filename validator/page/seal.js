/**
 * The seal: the order in which the page gives up what it may do, before the secret's field opens.
 *
 * 1. A fetcher brings all files, compares them with the hashes in the page, and is ended.
 * 2. The policy is narrowed to the exchange. 3. The transport starts, and sees canaries refused.
 * 4. The policy is narrowed to nothing. Whatever starts then, Python first of all, has no network.
 *
 * Rules of this room: a file with one wrong byte stops everything. Policies intersect, so nothing can
 * widen what was narrowed; a worker made from a blob keeps the policy that it was born with.
 */

import { fetcher } from "./fetcher.js";
import { say } from "./words.js";
import { after, startWorker } from "./workers.js";

/** @import {Build, FromFetcher, FromTransport, ToFetcher, ToTransport, Wanted} from "./messages.d.ts" */

/** @param {string} connect the rule that says what may be reached */
const narrowed = (connect) =>
  [
    "default-src 'none'",
    "script-src 'wasm-unsafe-eval'",
    "worker-src blob:",
    "img-src data:",
    connect,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

const TO_THE_EXCHANGE = narrowed("connect-src https://api.hitbtc.com wss://api.hitbtc.com");
const TO_NOTHING = narrowed("connect-src 'none'");

/** Nobody can own a name under .invalid (RFC 6761); the policy must refuse it before any look-up. */
export const CANARY = "https://csp-canary.invalid/";

/** The page's own address; in the file that is opened from a disk, that of the page on the site. */
export const HOME = document.documentElement.dataset.home ?? document.baseURI;

/** The page's first policy would refuse that one too; only the narrowed one refuses the site's own. */
const CANARIES = [CANARY, new URL("vault.js", HOME).href];

/** What Python must be refused besides: the exchange itself. */
export const PYTHONS_CANARIES = ["https://api.hitbtc.com/", CANARIES[1]];

/** A second one stands ready: once the policy is narrowed to nothing, none can be made any more. */
const TRANSPORTS = 2;
const START_LIMIT = 60_000;

/** Once a file was wrong, no copy that the browser kept is taken.
 * @type {RequestCache} */
let cache = "default";

/** What went wrong, in a reader's words; `fault` says what caused it. */
export class SealError extends Error {
  /** @param {string} message @param {"network" | "ours"} fault */
  constructor(message, fault) {
    super(message);
    this.fault = fault;
  }
}

/** The files that were fetched and checked, by their names. @typedef {Record<string, ArrayBuffer>} Files */

/** @type {Files | null} */
let files = null;
/** @type {{transports: Worker[], files: Files} | null} */
let parts = null;

/**
 * Seal the page; asked again after a failure, it takes up where that was. Returns the transports, of
 * which one is in reserve, and the files of Python.
 * @param {Build["runtime"]} runtime
 * @param {(loaded: number, total: number) => void} progress
 * @param {AbortSignal} signal stops the fetching
 */
export async function seal(runtime, progress, signal) {
  if (parts) return parts;
  expectNeeds();
  if (!files) {
    files = await fetched(runtime, progress, signal);
    narrow(TO_THE_EXCHANGE);
  }
  const script = files["transport.js"];
  const made = Array.from({ length: TRANSPORTS }, () => startWorker("transport", script));
  try {
    await Promise.all(made.map(proved));
  } catch (error) {
    for (const transport of made) transport.terminate();
    throw error;
  }
  narrow(TO_NOTHING);
  parts = { transports: made, files };
  return parts;
}

/** What the seal needs of a browser, by the name of its words. @type {Record<string, () => unknown>} */
const NEEDS = {
  "page.needs_workers": () => self.Worker,
  "page.needs_webcrypto": () => crypto.subtle,
};

const SMALLEST = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0); // an empty module

/** @throws {SealError} where the browser lacks any of it */
function expectNeeds() {
  if (!self.WebAssembly) throw new SealError(say("page.wasm_off"), "ours");
  try {
    new WebAssembly.Module(SMALLEST);
  } catch {
    throw new SealError(say("page.wasm_forbidden"), "ours");
  }
  const missed = Object.keys(NEEDS).filter((name) => !NEEDS[name]());
  if (missed.length === 0) return;
  const names = missed.map((name) => say(name)).join(", ");
  throw new SealError(say("page.browser_lacks", { names }), "ours");
}

/** @param {string} policy From here on it holds too, for the page and for every worker that starts. */
function narrow(policy) {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = policy;
  document.head.append(meta);
}

/**
 * Have the fetcher bring all files, or none: the first that fails stops the others. It is ended,
 * whatever came of it.
 * @param {Build["runtime"]} runtime
 * @param {(loaded: number, total: number) => void} progress
 * @param {AbortSignal} signal
 * @returns {Promise<Files>}
 */
function fetched(runtime, progress, signal) {
  const worker = startWorker("fetcher", `"use strict"; (${fetcher})();`);
  const total = runtime.reduce((sum, file) => sum + file.bytes, 0);
  /** @type {Files} */
  const content = {};
  const all = new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.addEventListener("error", () => reject(new SealError(say("page.no_worker"), "ours")));
    worker.onmessage = (/** @type {MessageEvent<FromFetcher>} */ { data }) => {
      if ("loaded" in data) {
        progress(data.loaded, total);
      } else if ("failed" in data) {
        reject(FAILURES[data.failed](data.name));
      } else {
        content[data.name] = data.content;
        if (Object.keys(content).length === runtime.length) resolve(content);
      }
    };
  });
  /** @type {ToFetcher} */
  const message = { files: runtime.map(wanted), cache };
  worker.postMessage(message);
  return all.finally(() => {
    worker.onmessage = null; // What it has said and nobody has heard yet comes too late.
    worker.terminate();
  });
}

/** In the file that is opened from a disk, the runtime lies in the document itself.
 * @param {Build["runtime"][number]} file @returns {Wanted} */
function wanted({ url, ...file }) {
  if (url) return { ...file, url: new URL(url, document.baseURI).href };
  return { ...file, packed: document.getElementById(`runtime-${file.name}`)?.textContent ?? "" };
}

/** @type {Record<"missing" | "wrong", (name: string) => SealError>} */
const FAILURES = {
  missing: (name) => {
    const words = navigator.onLine ? say("page.file_missing", { name }) : say("page.offline");
    return new SealError(words, "network");
  },
  wrong: (name) => {
    cache = "reload";
    return new SealError(say("page.file_wrong", { name }), "ours");
  },
};

/** Wait until a transport has seen the canaries refused. @param {Worker} transport @returns {Promise<void>} */
function proved(transport) {
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ words) => reject(new SealError(words, "ours"));
    const enough = after(START_LIMIT, () => fail(say("page.unfinished")));
    transport.onerror = () => fail(say("page.no_worker"));
    transport.onmessage = (/** @type {MessageEvent<FromTransport>} */ { data }) => {
      enough();
      if (data.say === "proved" && data.refused) resolve();
      else fail(say("page.not_sealed"));
    };
    /** @type {ToTransport} */
    const message = { do: "prove", canaries: CANARIES };
    transport.postMessage(message);
  });
}
