/**
 * Workers: how each is started, and how long somebody is waited for.
 *
 * Rules of this room: a worker is made from a blob, never from an address, because only such a worker
 * has the page's policy, and keeps the one that it was born with. There is one Trusted Types policy.
 */

const trusted = window.trustedTypes?.createPolicy("keycheck", {
  createScriptURL: (/** @type {string} */ url) => {
    if (url.startsWith("blob:")) return url;
    throw new TypeError("Only a worker that this page checked may be started.");
  },
});

/** The address of a script. @param {string | ArrayBuffer} text */
export const scriptUrl = (text) =>
  URL.createObjectURL(new Blob([text], { type: "text/javascript" }));

/** @param {string} name as developer tools show it @param {string | ArrayBuffer} script */
export function startWorker(name, script) {
  const url = scriptUrl(script);
  const given = trusted ? trusted.createScriptURL(url) : url;
  return new Worker(/** @type {string} */ (given), { name });
}

const GRACE_MS = 1000;

/**
 * Do something after so many milliseconds, unless the function returned is called before. The last
 * second counts anew: a worker in a tab that slept past the rest has that long to report.
 * @param {number} milliseconds @param {() => void} act
 */
export function after(milliseconds, act) {
  let timer = setTimeout(() => {
    timer = setTimeout(act, GRACE_MS);
  }, milliseconds - GRACE_MS);
  return () => clearTimeout(timer);
}
