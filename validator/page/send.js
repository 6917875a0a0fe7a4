/**
 * The page's side of the transport: hands it what is to be sent, and hears what it says.
 *
 * Rule of this room: one that stops, breaks or hangs is ended, and the one in reserve takes its place.
 * When that is gone too, nothing can be sent any more until the page is loaded anew.
 */

import { say } from "./words.js";

/** @import {FromTransport, ToTransport} from "./messages.d.ts" */

export class Transport {
  /**
   * @param {Worker[]} workers the first is used, the others are in reserve
   * @param {(said: FromTransport) => void} hears
   * @param {(words: string, left: number) => void} broke is told how many are left
   */
  constructor(workers, hears, broke) {
    this.workers = workers;
    this.hears = hears;
    this.broke = broke;
    this.listen();
  }

  listen() {
    const [worker] = this.workers;
    if (!worker) return;
    worker.onmessage = (/** @type {MessageEvent<FromTransport>} */ { data }) => {
      if (data.say === "broken") this.break(data.words);
      else this.hears(data);
    };
    worker.onerror = () => this.break(say("page.why_stopped"));
  }

  /** @param {ToTransport} message */
  post(message) {
    this.workers[0]?.postMessage(message);
  }

  /** @param {string} words why it is ended */
  break(words) {
    const worker = this.workers.shift();
    if (!worker) return;
    worker.onmessage = worker.onerror = null;
    worker.terminate();
    this.listen();
    this.broke(words, this.workers.length);
  }
}
