/**
 * The result: a report on the page, and what the reader may do with it.
 *
 * Rule of this room: the clipboard is written in a press of the reader, with what is there by then.
 */

import { $, announce, announceNear, button, element } from "./dom.js";
import {
  isReady,
  onlyWithdrawIsLeft,
  resultOf,
  whereToLook,
  withdrawIsOpen,
  withdrawLabel,
} from "./show.js";

import { say } from "./words.js";

/** @import {Report} from "./messages.d.ts" */

const AT_ONCE = 1000; // milliseconds; later, a copy is no longer what the press was for
const place = $("result");
/** What is said of the result that is shown, and of a press of Copy report. */
const told = element("span", { class: "kc-small" });

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
  const question = looked ? lookAtWithdraw(report, looked) : [];
  const asks = question.length > 0 && onlyWithdrawIsLeft(report);
  const fix = again && !asks && !isReady(report);
  const now = [...(fix ? [row(againButton(again, "md-button--primary"))] : []), ...question];
  const offered = again && !fix ? [againButton(again)] : [];
  if (report.whole) {
    offered.push(button(say("page.copy_report"), copyReport));
    offered.push(button(say("page.save_report"), save), told);
  }
  told.textContent = "";
  place.replaceChildren(...resultOf(report, rehearsed, now, row(...offered)));
  place.hidden = false;
  announce(""); // The headline takes the focus, and is read by that.
  $("verdict-title").focus({ preventScroll: true });
  place.scrollIntoView({ block: "start" });
}

/** @param {() => void} again @param {string} [look] */
const againButton = (again, look = "") =>
  button(say("page.check_again"), again, `kc-again ${look}`.trim());

const row = (/** @type {Node[]} */ ...buttons) => element("p", { class: "kc-buttons" }, ...buttons);

/** What the reader can see at HitBTC, where no answer of HitBTC's told it.
 * @param {Report} report @param {(on: boolean) => void} looked */
function lookAtWithdraw(report, looked) {
  const said = report.rights.some(({ confirmed_by_you }) => confirmed_by_you);
  if (!said && !withdrawIsOpen(report)) return [];
  const main = onlyWithdrawIsLeft(report);
  const words = said
    ? say("page.you_told")
    : say("page.is_withdraw_off", { setting: withdrawLabel(report) });
  const off = button(say("page.see_off"), () => looked(false), main ? "md-button--primary" : "");
  const on = button(say("page.see_on"), () => looked(true));
  const group = { class: "kc-look", role: "group", "aria-labelledby": "look-words" };
  const asked = element("p", { id: "look-words", class: main ? "kc-question" : "kc-small" }, words);
  const where = main ? [element("p", { class: "kc-small" }, ...whereToLook())] : [];
  return [element("div", group, asked, row(off, on), ...where)];
}

/** Ready before the reader asks for it, so that a press copies at once. @param {Promise<string>} written */
export function setMarkdown(written) {
  markdown = written;
}

/** @param {string} words */
export const tell = (words) => announceNear(told, words);

/** The button for it, or where there is none the headline. @returns {HTMLElement} */
export const again = () => place.querySelector(".kc-again") ?? $("verdict-title");

/** The key is forgotten, and what was found stays. */
export function takeBackAgain() {
  for (const one of place.querySelectorAll(".kc-again")) one.remove();
}

function copyReport() {
  const asked = performance.now();
  const written = markdown.then((text) => {
    const late = performance.now() - asked > AT_ONCE;
    if (!text || late) throw new Error(say("page.report_not_written"));
    return text.replace(/[^\P{C}\n]/gu, "");
  });
  copy(written, say("page.report_copied"), told);
}

/** A promise is handed over, since Safari takes nothing that comes after the press.
 * @param {Promise<string>} text a failure's message is told to the reader @param {string} done
 * @param {HTMLElement} near where the reader is: the form may be screens above */
export async function copy(text, done, near) {
  const plain = text.then((words) => new Blob([words], { type: "text/plain" }));
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": plain })]);
    announceNear(near, done);
  } catch {
    await text.then(
      () => announceNear(near, say("page.copy_refused")),
      ({ message }) => announceNear(near, message),
    );
  }
}

function save() {
  const href = URL.createObjectURL(new Blob([latest?.whole ?? ""], { type: "application/json" }));
  element("a", { href, download: "hitbtc-key-report.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
