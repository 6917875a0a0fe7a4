/**
 * The keeper: starts Python's worker and stands between it and the page, so that nothing which Python
 * says unasked, were it a million times, becomes work for the page that answers the reader. It compiles
 * the code while that worker starts.
 *
 * Rules of this room: the page talks with Python through a port of its own, which it can close. All else
 * that Python's worker sends arrives here and is dropped. The function's text is the worker's whole
 * script, so it uses nothing from outside itself; it has no network, as Python has none.
 */

/** @import {FromKeeper, KeeperToPython, ToKeeper} from "./messages.d.ts" */

export function keeper() {
  const trusted = self.trustedTypes?.createPolicy("keycheck", {
    createScriptURL: (/** @type {string} */ url) => url,
  });

  /** @param {FromKeeper} message */
  const say = (message) => self.postMessage(message);

  self.addEventListener("message", (/** @type {MessageEvent<ToKeeper>} */ { data, ports }) => {
    // Made here: in a file from the disk, nobody may use a blob that somebody else made.
    const url = URL.createObjectURL(new Blob([data.script], { type: "text/javascript" }));
    const given = trusted ? trusted.createScriptURL(url) : url;
    const python = new Worker(/** @type {string} */ (given), { type: data.type, name: "python" });
    const stopped = () => {
      python.onerror = null;
      python.terminate();
      say("stopped");
    };
    python.onerror = stopped;
    WebAssembly.compile(data.wasm).then(
      (/** @type {KeeperToPython} */ message) =>
        python.postMessage(message, { transfer: [...ports] }),
      stopped,
    );
  });
}
