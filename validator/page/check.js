/**
 * One check: Python says what to ask next, the vault signs, the transport sends, Python reads.
 *
 * Rules of this room: it carries messages and decides nothing. Whatever is thrown here ends the check;
 * what ends it closes the vault and the transport, so that nothing is signed or sent afterwards.
 */

import { readStep } from "./answers.js";
import * as vault from "./vault.js";
import { say } from "./words.js";

/** @import {Reply, Report, Request, Signed, Step} from "./messages.d.ts" */
/** @import {Python} from "./ask.js" */
/** @import {Transport} from "./send.js" */

const LOGINS = 4; // two sockets, and each once more after "too many requests"
const ROLLBACKS = 2;
const MOST = 20; // requests that Python may ask for: all that are listed, each twice, are fewer
const TAIL = 4; // characters of the API key that a report may show, of a key twice as long

/** @typedef {{progress: (done: number, of: number) => void, ended: (report: Report) => void, failed: (error: unknown) => void}} Hears */

export class Relay {
  over = false;
  asked = 0;

  /** @param {number} number @param {Python} python @param {Transport} transport @param {Hears} hears */
  constructor(number, python, transport, hears) {
    this.number = number;
    this.python = python;
    this.transport = transport;
    this.hears = hears;
  }

  /** @param {string} key @param {boolean} withdraw @param {number} within milliseconds that it may take */
  begin(key, withdraw, within) {
    vault.open({ logins: LOGINS, rollbacks: withdraw ? ROLLBACKS : 0 });
    this.transport.post({ do: "open", check: this.number, key, within });
    const key_ends_in = key.length > 2 * TAIL ? key.slice(-TAIL) : "";
    this.take(this.python.ask({ do: "begin", now: Date.now(), withdraw, key_ends_in }, readStep));
  }

  /** @param {Reply} reply */
  heard(reply) {
    if (!this.over) this.take(this.python.ask({ do: "feed", reply }, readStep));
  }

  /** @param {"silent" | "cancelled"} event */
  stop(event) {
    if (this.over) return;
    const [now, online] = [Date.now(), navigator.onLine];
    this.take(this.python.ask({ do: "stop", event, now, online }, readStep));
  }

  /** Do what Python asks for next, or end. @param {Promise<Step>} asked */
  async take(asked) {
    try {
      const { requests, progress, ended, report } = await asked;
      if (this.over) return;
      this.hears.progress(progress[0] ?? 0, progress[1] ?? 0);
      this.asked += requests.length;
      if (this.asked > MOST) return this.python.break(say("page.why_asked_too_much"));
      for (const request of requests) this.send(request);
      if (!ended) return;
      if (!report) throw new Error("an end without a report");
      this.close();
      this.hears.ended(report);
    } catch (error) {
      if (this.over) return;
      this.close();
      this.hears.failed(error);
    }
  }

  /** @param {Request} request */
  async send({ number, probe, wait }) {
    const signed = await signedFor(probe).catch(() => null); // the transport then sends nothing
    if (this.over) return;
    this.transport.post({ do: "send", check: this.number, number, probe, wait, signed });
  }

  /** Nothing more is signed or sent. */
  close() {
    this.over = true;
    vault.close();
    this.transport.post({ do: "close", check: this.number });
  }
}

/** What a request needs of the vault. @param {string} probe @returns {Promise<Signed | null>} */
async function signedFor(probe) {
  if (probe.startsWith("login-")) return vault.login();
  return probe === "rollback" ? vault.rollback() : null;
}
