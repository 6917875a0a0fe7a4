/**
 * The result: a report on the page, and what the reader may do with it.
 *
 * Rule of this room: the clipboard is written in a press of the reader, with what is there by then.
 */

import { $, announce, button, element } from "./dom.js";
import { resultOf, withdrawIsOpen } from "./show.js";

/** @import {Report} from "./messages.d.ts" */

const AT_ONCE = 1000; // milliseconds; later, a copy is no longer what the press was for
const place = $("result");

/** @type {Report | null} */
let latest = null;
/** The report for a support ticket. @type {Promise<string>} */
let markdown = Promise.resolve("");

export const isShown = () => latest !== null;

export function clear() {
  latest = null;
  place.hidden = true;
  place.replaceChildren();
}

/**
 * @param {Report} report @param {(() => void) | null} again
 * @param {((on: boolean) => void) | null} looked what is told that the reader saw
 * @param {boolean} [rehearsed]
 */
export function show(report, again, looked, rehearsed = false) {
  latest = report;
  const offered = again ? [button("Check again", again)] : [];
  if (report.whole) {
    offered.push(button("Copy report", copyReport), button("Save report as JSON", save));
  }
  const actions = element("p", { class: "kc-buttons" }, ...offered);
  const question = looked ? lookAtWithdraw(report, looked) : [];
  place.replaceChildren(...resultOf(report, rehearsed, question, actions));
  place.hidden = false;
  announce(""); // The headline takes the focus, and is read by that.
  const headline = $("verdict-title");
  headline.focus({ preventScroll: true });
  headline.scrollIntoView({ block: "start" });
}

/** What the reader can see at HitBTC, where no answer of HitBTC's told it.
 * @param {Report} report @param {(on: boolean) => void} looked */
function lookAtWithdraw(report, looked) {
  const said = report.rights.some(({ confirmed_by_you }) => confirmed_by_you);
  if (!said && !withdrawIsOpen(report)) return [];
  const words = said
    ? "You told what you see on HitBTC. To change it:"
    : "On HitBTC, is Withdraw cryptocurrencies off? Look under Settings, API, your key.";
  const off = button("I see that it is off", () => looked(false));
  off.classList.toggle("md-button--primary", !said);
  const on = button("I see that it is on", () => looked(true));
  const group = { class: "kc-look", role: "group", "aria-labelledby": "look-words" };
  const asked = element("p", { id: "look-words" }, words);
  return [element("div", group, asked, element("p", { class: "kc-buttons" }, off, on))];
}

/** Ready before the reader asks for it, so that a press copies at once. @param {Promise<string>} written */
export function setMarkdown(written) {
  markdown = written;
}

/** The key is forgotten, and what was found stays. */
export function takeBackAgain() {
  for (const one of place.querySelectorAll("button")) {
    if (one.textContent === "Check again") one.remove();
  }
}

async function copyReport() {
  const asked = performance.now();
  const text = (await markdown).replace(/[^\P{C}\n]/gu, "");
  if (text && performance.now() - asked < AT_ONCE) copy(text, "The report is on the clipboard.");
  else announce("The report is not written yet: press once more.");
}

/** @param {string} text @param {string} done */
export function copy(text, done) {
  navigator.clipboard.writeText(text).then(
    () => announce(done),
    () => announce("The browser did not allow copying: select the text and copy it."),
  );
}

function save() {
  const href = URL.createObjectURL(new Blob([latest?.whole ?? ""], { type: "application/json" }));
  element("a", { href, download: "hitbtc-key-report.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
