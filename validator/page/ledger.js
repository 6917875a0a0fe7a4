/**
 * The ledger: everything sent from here, in the transport's words, and held against the browser's own
 * list of requests. Rows of a rehearsal look alike, and say that nothing was sent.
 */

import { $, element } from "./dom.js";
import { say } from "./words.js";

/** @import {Answer, Listed, Rehearsed, Row} from "./messages.d.ts" */

const ledger = $("ledger");
const NOTHING = $("ledger-words").textContent;

export function clear() {
  ledger.replaceChildren();
  tell(NOTHING);
}

/** @param {string} words below the ledger */
export function tell(words) {
  $("ledger-words").textContent = words;
}

/** What a request is for, by its name in the transport's list. @type {Record<Listed, string>} */
const ABOUT = {
  "login-trading": "request.login",
  "login-wallet": "request.login",
  "spot-balances": "request.spot-balances",
  "spot-fees": "request.spot-fees",
  "wallet-balances": "request.wallet-balances",
  rollback: "request.rollback",
  reach: "request.reach",
};

/** What became of a row. @type {Record<Answer["what"], string>} */
const ANSWERS = {
  opened: "page.row_opened",
  answered: "page.row_answered",
  failed: "page.row_failed",
  closed: "page.row_closed",
  "too-long": "page.row_too_long",
  "closed-here": "page.row_closed_here",
  "no-answer": "page.row_no_answer",
};

/** @param {Row} row */
export function add({ id, kind, at, host, what, about, bytes, url }) {
  const counted = kind === "request" ? "page.bytes_in_header" : "page.bytes";
  const facts = [new Date(at).toLocaleTimeString(), host];
  if (bytes) facts.push(say(counted, { bytes })); // of an opening nobody here counts them
  const made = rowOf(what, facts, about ? say(ABOUT[about]) : "", "…");
  made.id = `row-${id}`;
  made.dataset.ledgerRow = kind;
  if (url) made.dataset.url = url;
  ledger.append(made);
}

/** @param {Rehearsed} row */
export function addRehearsed({ method, path, about, frame, answer }) {
  const bytes = new TextEncoder().encode(frame).length;
  const facts = [
    new Date().toLocaleTimeString(),
    say("page.sent_nowhere"),
    say("page.bytes", { bytes }),
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
  tell("");
  const more = element("details", {}, line, small(facts.join(" · ")));
  if (about) more.append(small(about));
  return element("li", {}, more);
}

/** Write the answer into its row; a socket of the check before may report its end after that row was
 * cleared away. @param {Answer & {id: string}} answer */
export function answered({ id, what, status, bytes }) {
  const place = document.getElementById(`row-${id}`)?.querySelector(".kc-answer");
  if (!place) return;
  const words = say(ANSWERS[what], { bytes: bytes ?? 0 });
  place.textContent = status ? `${status}, ${words}` : words;
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
      row.querySelector("details")?.append(small(`✓ ${say("page.in_own_list")}`));
    }
  }
  const more = [...noted, ...own];
  tell(
    more.length ? say("page.more_in_own_list", { more: more.join(", ") }) : say("page.same_list"),
  );
}
