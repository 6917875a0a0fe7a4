/**
 * Loading and sealing, as the reader sees it.
 *
 * Rules of this room: nothing is loaded before the reader turns to the form, and once however often it
 * is asked for. The secret's field opens when the page is sealed, and closes when it turns out not to be.
 */

import { $, announce, keepingFocus } from "./dom.js";
import { apiKey, isMasked } from "./fields.js";
import { CANARY, SealError, seal } from "./seal.js";

/** @import {Build} from "./messages.d.ts" */
/** @typedef {Awaited<ReturnType<typeof seal>>} Parts */

const root = $("checker");
/** @type {HTMLProgressElement} */
const bar = $("seal-progress");
const canary = $("canary");

/** @type {AbortController | null} */
let loading = null;
/** @type {Promise<void> | null} */
let sealing = null;
let closed = false;

/** @param {"open" | "sealing" | "sealed" | "failed"} state @param {string} words */
function setSeal(state, words) {
  root.dataset.seal = state;
  $("seal-words").textContent = words;
  keepingFocus(
    () => showState(state),
    () => NEXT[state],
  );
}

/** Where the focus goes when what had it is gone. @type {Record<string, HTMLElement>} */
const NEXT = {
  open: $("load"),
  sealing: $("stop-loading"),
  sealed: apiKey,
  failed: $("seal-words"),
};

/** @param {string} state */
function showState(state) {
  const sealed = state === "sealed";
  for (const id of ["secret", "reveal", "check"]) $(id).toggleAttribute("disabled", !sealed);
  $("check").classList.toggle("md-button--primary", sealed);
  $("opens").hidden = sealed || state === "failed";
  $("opens").textContent = "Opens when the checker has loaded. ";
  $("load").hidden = sealed || state === "sealing";
  $("stop-loading").hidden = state !== "sealing";
  bar.hidden = state !== "sealing";
}

export const isSealed = () => root.dataset.seal === "sealed";

const FIRST =
  "First, load the checker. Your browser then blocks every connection from this page except to HitBTC.";

export function ready() {
  setSeal("open", FIRST);
  $("load").removeAttribute("disabled");
}

/** Close the form for good: only another load of the page opens it. @param {string} words why */
export function close(words) {
  closed = true;
  setSeal("failed", words);
  keepingFocus(
    () => {
      $("load").hidden = true;
    },
    () => NEXT.failed,
  );
  canary.hidden = true;
  delete canary.dataset.canary;
}

export const stop = () => loading?.abort();

/** Load and seal, once. @param {Build["runtime"]} runtime @param {(parts: Parts) => void} sealed */
export function load(runtime, sealed) {
  if (isSealed() || closed) return Promise.resolve();
  sealing ??= loadAndSeal(runtime, sealed).finally(() => {
    sealing = null;
  });
  return sealing;
}

/** @param {Build["runtime"]} runtime @param {(parts: Parts) => void} sealed */
async function loadAndSeal(runtime, sealed) {
  loading = new AbortController();
  setSeal("sealing", "Loading the checker …");
  try {
    expectMask();
    const parts = await seal(runtime, progress, loading.signal);
    expectMask();
    showSealed();
    sealed(parts);
  } catch (error) {
    failed(error);
  }
}

function expectMask() {
  if (isMasked()) return;
  const words =
    "The page's style did not arrive, or this browser cannot mask a field, so your secret key";
  throw new SealError(
    `${words} would be readable while you type. Load this page again.`,
    "network",
  );
}

/** @param {number} loaded @param {number} total */
function progress(loaded, total) {
  bar.max = total;
  bar.value = loaded;
  const percent = Math.floor((100 * loaded) / total);
  $("seal-words").textContent = `Loading the checker: ${percent} %`;
  $("opens").textContent = `Opens in a moment: ${percent} % loaded. `;
}

function showSealed() {
  canary.dataset.canary = "refused";
  canary.hidden = false;
  canary.textContent = `Tested just now: a connection to ${new URL(CANARY).host} was refused.`;
  setSeal("sealed", "Sealed: your browser now allows fetches and sockets only to api.hitbtc.com.");
  announce("The page is sealed. You can paste the secret key now.");
}

/** @param {unknown} error */
function failed(error) {
  const stopped = loading?.signal.aborted;
  const words =
    error instanceof SealError ? error.message : `The checker could not start: ${error}`;
  setSeal(
    stopped ? "open" : "failed",
    stopped ? "Loading was stopped. Nothing of yours was sent." : words,
  );
  $("wasm-off").hidden = Boolean(self.WebAssembly);
  announce($("seal-words").textContent ?? "");
}
