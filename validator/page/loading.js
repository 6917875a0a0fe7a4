/**
 * Loading and sealing, as the reader sees it.
 *
 * Rules of this room: nothing is loaded before the reader turns to the form, and once however often it
 * is asked for. The secret's field opens when the page is sealed, and closes when it turns out not to be.
 */

import { $, announce, keepingFocus } from "./dom.js";
import { apiKey, isMasked } from "./fields.js";
import { CANARY, SealError, seal } from "./seal.js";
import { say } from "./words.js";

/** @import {Build} from "./messages.d.ts" */
/** @typedef {Awaited<ReturnType<typeof seal>>} Parts */

const root = $("checker");
/** @type {HTMLProgressElement} */
const bar = $("seal-progress");
const canary = $("canary");
const OPENS_LATER = $("opens").textContent;

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
  failed: $("load"),
};

/** @param {string} state */
function showState(state) {
  const sealed = state === "sealed";
  for (const id of ["secret", "reveal", "check"]) $(id).toggleAttribute("disabled", !sealed);
  $("check").classList.toggle("md-button--primary", sealed);
  $("opens").hidden = sealed || state === "failed";
  $("opens").textContent = OPENS_LATER;
  $("load").hidden = sealed || state === "sealing";
  $("stop-loading").hidden = state !== "sealing";
  bar.hidden = state !== "sealing";
}

export const isSealed = () => root.dataset.seal === "sealed";

export function ready() {
  setSeal("open", say("page.load_first"));
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
    () => $("seal-words"),
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
  setSeal("sealing", say("page.loading"));
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
  throw new SealError(say("page.no_mask"), "network");
}

/** @param {number} loaded @param {number} total */
function progress(loaded, total) {
  bar.max = total;
  bar.value = loaded;
  const [done, all] = [loaded, total].map((bytes) => (bytes / 1e6).toFixed(1));
  $("seal-words").textContent = say("page.loaded_so_far", { done, all });
  $("opens").textContent = say("page.opens_soon", { done, all });
}

function showSealed() {
  canary.dataset.canary = "refused";
  canary.hidden = false;
  canary.textContent = say("page.canary", { address: CANARY });
  setSeal("sealed", say("page.sealed"));
  announce(say("page.can_paste"), false);
}

/** @param {unknown} error */
function failed(error) {
  const stopped = loading?.signal.aborted;
  const words =
    error instanceof SealError
      ? error.message
      : say("page.could_not_start", { error: String(error) });
  setSeal(stopped ? "open" : "failed", stopped ? say("page.loading_stopped") : words);
  $("wasm-off").hidden = Boolean(self.WebAssembly);
  announce($("seal-words").textContent ?? "", false);
}
