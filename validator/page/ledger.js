/**
 * The ledger: everything sent from here, in the transport's words, and held against the browser's own
 * list of requests. Rows of a rehearsal look alike, and say that nothing was sent.
 */

import { $, element } from "./dom.js";

/** @import {Rehearsed, Row} from "./messages.d.ts" */

const ledger = $("ledger");

export function clear() {
  ledger.replaceChildren();
  say("Nothing sent yet.");
}

/** @param {string} words below the ledger */
export function say(words) {
  $("ledger-words").textContent = words;
}

/** @param {Row} row */
export function add({ id, kind, at, host, what, about, bytes, url }) {
  const counted = kind === "request" ? "bytes in its Authorization header" : "bytes";
  const facts = [new Date(at).toLocaleTimeString(), host];
  if (bytes) facts.push(`${bytes} ${counted}`); // of an opening nobody here counts them
  const made = rowOf(what, facts, about, "…");
  made.id = `row-${id}`;
  made.dataset.ledgerRow = kind;
  if (url) made.dataset.url = url;
  ledger.append(made);
}

/** @param {Rehearsed} row */
export function addRehearsed({ method, path, about, frame, answer }) {
  const facts = [
    new Date().toLocaleTimeString(),
    "rehearsed, sent nowhere",
    `${new TextEncoder().encode(frame).length} bytes`,
  ];
  const made = rowOf([method || "open", path].join(" "), facts, about, answer);
  made.dataset.ledgerRow = "rehearsed";
  ledger.append(made);
}

/** @param {string} words */
const small = (words) => element("span", { class: "kc-small" }, words);

/** One line, and behind it the rest. @param {string} what @param {string[]} facts @param {string} about @param {string} answer */
function rowOf(what, facts, about, answer) {
  const line = element("summary", {}, element("code", {}, what), " ");
  line.append(element("span", { class: "kc-answer" }, answer));
  say("");
  const more = element("details", {}, line, small(facts.join(" · ")));
  if (about) more.append(small(about));
  return element("li", {}, more);
}

/** Write the answer into its row; a socket of the check before may report its end after that row was
 * cleared away. @param {string} id @param {string} answer */
export function answered(id, answer) {
  const place = document.getElementById(`row-${id}`)?.querySelector(".kc-answer");
  if (place) place.textContent = answer;
}

/** @type {string[]} */
const own = []; // what the browser noted of the page itself, once it was sealed

/** From here on, whatever the page itself requests is noted; unlike the list, an observer is never full. */
export function watch() {
  const since = performance.now();
  new PerformanceObserver((list) => {
    const later = list.getEntries().filter(({ startTime }) => startTime > since);
    own.push(...later.map(({ name }) => name));
  }).observe({ type: "resource" });
}

/**
 * Mark the rows that are in the browser's list too, and say what of it. It lists no sockets.
 * @param {string[]} names what the transport requested in this check, as the browser noted it
 */
export function compare(names) {
  const noted = new Set(names);
  for (const row of ledger.querySelectorAll("[data-url]")) {
    if (noted.delete(/** @type {HTMLElement} */ (row).dataset.url ?? "")) {
      row.querySelector("details")?.append(small("✓ also in the browser's own list"));
    }
  }
  const more = [...noted, ...own];
  const nothing =
    "The browser's own list of requests names nothing that is not above. It lists no sockets.";
  const found = `The browser's own list names more than this ledger: ${more.join(", ")}.`;
  say(more.length ? found : nothing);
}
