/**
 * The transport in Node: its own file, unchanged, with a network that only notes.
 *
 * What it says to the page is in `said`; what it sends is in `frames` and `calls`.
 */

import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

const FILE = new URL("../../../validator/page/transport.js", import.meta.url);
export const SOURCE = readFileSync(FILE, "utf8");

/** @typedef {Record<string, any>} Data */

export function transport() {
  /** @type {Data[]} */ const said = [];
  /** @type {{url: string, text: string}[]} */ const frames = [];
  /** @type {{url: string, given: RequestInit}[]} */ const calls = [];
  /** @type {FakeSocket[]} */ const sockets = [];
  /** @type {Record<string, (event: Data) => void>} */ const hears = {};
  const answer = { status: 403, text: "{}" };

  class FakeSocket extends EventTarget {
    static OPEN = 1;
    readyState = 0;
    /** @param {string} url */
    constructor(url) {
      super();
      this.url = url;
      sockets.push(this);
      setTimeout(() => {
        if (this.readyState) return;
        this.readyState = 1;
        this.dispatchEvent(new Event("open"));
      });
    }
    /** @param {string} text */
    send(text) {
      frames.push({ url: this.url, text });
    }
    close() {
      this.readyState = 3;
    }
    /** @param {unknown} data */
    hear(data) {
      this.dispatchEvent(new MessageEvent("message", { data }));
    }
  }

  const self = {
    addEventListener: (/** @type {string} */ name, /** @type {(event: Data) => void} */ act) => {
      hears[name] = act;
    },
    postMessage: (/** @type {Data} */ data) => said.push(structuredClone(data)),
  };
  const fetch = async (/** @type {string} */ url, /** @type {RequestInit} */ given) => {
    calls.push({ url, given });
    return new Response(answer.text, { status: answer.status });
  };
  const context = {
    ...{ self, fetch, WebSocket: FakeSocket, navigator: { onLine: true }, performance, btoa },
    ...{ setTimeout, clearTimeout, TextEncoder, TextDecoderStream, Headers, AbortController },
    ...{ PerformanceObserver, Date },
  };
  runInNewContext(
    `${SOURCE}; self.LIST = LIST; self.SOCKETS = SOCKETS; self.blotted = blotted;`,
    context,
  );
  const post = (/** @type {Data} */ data) => hears.message({ data });
  return { self: /** @type {Data} */ (self), said, frames, calls, sockets, answer, post };
}
