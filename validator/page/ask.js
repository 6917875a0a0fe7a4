/**
 * The page's side of Python: asks it, and takes from it only what was asked for.
 *
 * Rules of this room: there is one answer for each question. Whoever says anything else, or answers what
 * cannot be read (answers.js), or not in time, is ended at the first such message, however many follow;
 * whatever waits is told. It is started anew once for each press of the reader, so that a Python which
 * keeps breaking keeps nobody busy.
 */

import { keeper } from "./keeper.js";
import { PYTHONS_CANARIES } from "./seal.js";
import { say } from "./words.js";
import { after, scriptUrl, startWorker } from "./workers.js";

/** @import {PythonFiles, Question, ToKeeper, ToPython} from "./messages.d.ts" */

/** @typedef {"waiting" | "starting" | "ready" | "failed"} State */

const START_LIMIT = 60_000;
const LIMIT = 13_500; // for one answer outside of a check, which has a limit of its own
const LONGEST = 1 << 18; // characters of an answer: a report has some thousands

/** What became of Python, in words for the reader. */
export class PythonError extends Error {}

export class Python {
  /** @type {Worker | null} the keeper, with Python's own worker */ worker = null;
  /** @type {MessagePort | null} */ port = null;
  /** @type {State} */ state = "waiting";
  /** @type {Map<number, {resolve: (answer: string) => void, reject: (error: Error) => void}>} */
  waiting = new Map();
  /** @type {(() => void)[]} */ unsent = [];
  ids = 0;
  mayRestart = true;
  stopWaiting = () => {};

  /**
   * @param {Record<string, ArrayBuffer>} files @param {object} lock
   * @param {(state: State, words: string) => void} told @param {() => void} unsealed
   */
  constructor(files, lock, told, unsealed) {
    this.files = files;
    this.lock = lock;
    this.told = told;
    this.unsealed = unsealed;
  }

  start() {
    if (this.worker) return;
    this.set("starting", "");
    const worker = startWorker("keeper", `"use strict"; (${keeper})();`);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (/** @type {MessageEvent<unknown>} */ { data }) => this.hears(data);
    worker.onmessage = worker.onerror = () => this.break(say("page.why_stopped"));
    worker.postMessage(scriptOf(this.files), [port2]);
    this.port = port1;
    this.post({ files: filesOf(this.files), lock: this.lock, canaries: PYTHONS_CANARIES });
    this.stopWaiting = after(START_LIMIT, () => this.break(say("page.why_late")));
    this.worker = worker;
  }

  /** @param {ToPython} message */
  post(message) {
    this.port?.postMessage(message);
  }

  /** @param {State} state @param {string} words */
  set(state, words) {
    this.state = state;
    this.told(state, words);
  }

  /** For a press of the reader: start it where it is not running, and once more if it breaks. */
  pressed() {
    this.mayRestart = true;
    this.start();
  }

  /** @param {unknown} data by rights a FromPython, but anybody's who took Python over */
  hears(data) {
    const {
      answer,
      failed,
      id,
      refused,
      say: kind,
      words,
    } = /** @type {Record<string, unknown>} */ (data ?? {});
    const waiter = typeof id === "number" ? this.waiting.get(id) : undefined;
    if (this.state === "starting" && kind === "ready") this.ready(refused === true);
    else if (this.state === "starting")
      this.break(say("page.why_not_started", { words: short(words) }));
    else if (!waiter) this.break(say("page.why_unasked"));
    else if (typeof answer !== "string")
      this.break(say("page.why_failed", { words: short(failed) }));
    else if (answer.length > LONGEST) this.break(say("page.why_too_much"));
    else {
      this.waiting.delete(/** @type {number} */ (id));
      waiter.resolve(answer);
    }
  }

  /** @param {boolean} refused */
  ready(refused) {
    if (!refused) {
      this.mayRestart = false;
      this.break(say("page.why_network"));
      this.unsealed();
      return;
    }
    this.stopWaiting();
    this.set("ready", "");
    for (const send of this.unsent.splice(0)) send();
  }

  /**
   * Ask, and read the answer. Rejects with a PythonError where there is none that can be read.
   * @template T
   * @param {Question} question @param {(answer: unknown) => T} read
   * @returns {Promise<T>}
   */
  async ask(question, read) {
    const { lang } = document.documentElement; // the reader's words, also those that Python says
    const answer = await this.answer(JSON.stringify({ ...question, language: lang }));
    try {
      return read(JSON.parse(answer));
    } catch {
      const words = say("page.why_unreadable");
      this.break(words);
      throw new PythonError(words);
    }
  }

  /** @param {string} question @returns {Promise<string>} */
  answer(question) {
    if (!this.worker) return Promise.reject(new PythonError(say("page.why_not_running")));
    this.ids += 1;
    const id = this.ids;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      const send = () => {
        this.post({ id, question });
        after(LIMIT, () => this.waiting.has(id) && this.break(say("page.did_not_answer")));
      };
      if (this.state === "ready") send();
      else this.unsent.push(send);
    });
  }

  /** End it, and tell whoever waits. @param {string} words why */
  break(words) {
    if (!this.worker) return;
    this.stopWaiting();
    this.port?.close(); // and with it goes whatever waits there to be heard
    this.worker.onmessage = this.worker.onerror = null;
    this.worker.terminate();
    this.worker = this.port = null;
    this.unsent = [];
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    this.set("failed", words);
    for (const { reject } of waiting) reject(new PythonError(words));
    if (!this.mayRestart) return;
    this.mayRestart = false;
    this.start();
  }
}

/** @param {unknown} words what somebody said who cannot be trusted */
const short = (words) => JSON.stringify(words)?.slice(0, 300) ?? "";

/** Python's own script, with the checked files' addresses for the names that it imports. Where there is
 * nothing to import it is a classic one: a page from a disk may start no worker that could.
 * @param {Record<string, ArrayBuffer>} files @returns {ToKeeper} */
function scriptOf(files) {
  const imported = Object.keys(files).filter((name) => name.endsWith(".mjs"));
  const script = imported.reduce(
    (text, name) => text.replace(name, scriptUrl(files[name])),
    new TextDecoder().decode(files["python.js"]),
  );
  const type = /** @type {WorkerType} */ (imported.length ? "module" : "classic");
  return { script, type, wasm: files["pyodide.asm.wasm"] };
}

/** @param {Record<string, ArrayBuffer>} files @returns {PythonFiles} */
const filesOf = (files) => ({
  "python_stdlib.zip": files["python_stdlib.zip"],
  "hitbtc_keycheck.whl": files["hitbtc_keycheck.whl"],
});
