/**
 * How a report looks. Plain data in, elements out; whatever Python or the exchange said is put in as
 * text, never as markup, and a link leads to a page of this site or is none.
 */

import { element } from "./dom.js";
import { HOME } from "./seal.js";

/** @import {Line, Report, RightRow} from "./messages.d.ts" */

/** What the site is above this page: links in a report are paths from there. */
const SITE = new URL("..", HOME);

/** A page of the site and a place in it, by names alone: nothing that could carry anything else. */
const PAGE = /^[a-z-]+\/(?:[a-z-]+\/)?(?:#[a-z-]+)?$/;

/** A list with an item for each of `items`. @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} items */
const list = (tag, attributes, items) =>
  element(
    tag,
    attributes,
    ...items.map((item) => (item instanceof HTMLLIElement ? item : element("li", {}, item))),
  );

/**
 * The parts of a report: what came of it, the six settings, what there is to press, and the evidence.
 * @param {Report} report @param {boolean} rehearsed @param {Node[]} question stands with the result
 * @param {Node} actions
 */
export function resultOf(report, rehearsed, question, actions) {
  const rows = report.rights.length ? [tableOf(report.rights)] : [];
  return [verdictOf(report, rehearsed, question), ...rows, actions, ...disclosuresOf(report)];
}

/** Whether the key works, and nobody has told whether it can withdraw. @param {Report} report */
export function withdrawIsOpen({ rights }) {
  const is = (/** @type {string} */ name, /** @type {string} */ state) =>
    rights.some((row) => row.right === name && row.state === state && !row.confirmed_by_you);
  return is("withdraw", "could-not-tell") && is("status", "as-required");
}

/** @param {Report} report @param {boolean} rehearsed @param {Node[]} question */
function verdictOf(report, rehearsed, question) {
  const { verdict, fault, headline, sentence, bitsgap_status, notes, next_steps } = report;
  const made = element("div", {
    class: "kc-verdict",
    "data-verdict": verdict,
    "data-fault": fault,
  });
  if (rehearsed) made.append(element("p", { class: "kc-tag" }, "A rehearsal with a made-up key"));
  made.append(element("h2", { id: "verdict-title", tabindex: "-1" }, headline));
  const asks = question.length && withdrawIsOpen(report);
  const steps = asks ? [] : [list("ol", {}, next_steps.map(linkOf))];
  made.append(element("p", {}, sentence, ...bitsgapOf(bitsgap_status)), ...steps, ...question);
  made.append(...notes.map((note) => element("p", { class: "kc-note" }, note)));
  return made;
}

/** @param {string} status */
const bitsgapOf = (status) =>
  status ? [" Bitsgap will probably show ", element("b", {}, status), "."] : [];

/** A new tab, because this one forgets the key when it is left. @param {Line} line */
function linkOf({ text, link }) {
  if (!PAGE.test(link)) return text;
  const { href } = new URL(link, SITE);
  return element("a", { href, target: "_blank", rel: "noopener" }, text);
}

/** @param {RightRow[]} rights */
function tableOf(rights) {
  const head = element(
    "tr",
    {},
    ...["Setting", "Needed", "Found"].map((words) => element("th", { scope: "col" }, words)),
  );
  const rows = rights.map((row) =>
    element(
      "tr",
      { "data-right": row.right, "data-state": row.state },
      element("th", { scope: "row" }, row.label),
      element("td", {}, row.wanted),
      element("td", { class: "kc-state" }, stateOf(row)),
    ),
  );
  const body = element("tbody", {}, ...rows);
  return element("table", { class: "kc-rows" }, element("thead", {}, head), body);
}

/** How a setting was found, in words. @param {RightRow} row */
function stateOf({ state, found, wanted, confirmed_by_you }) {
  if (confirmed_by_you) return `${found}, confirmed by you`;
  if (state === "as-required") return `✓ ${found}`;
  if (state === "not-as-required") return `✗ ${found}, needs ${wanted}`;
  return state === "cannot-be-seen" ? "Look on HitBTC" : "? Not known";
}

/** All evidence, and what no answer shows. @param {Report} report */
function disclosuresOf({ rights, cannot_be_seen }) {
  const shown = rights.filter(({ evidence, reason }) => evidence.length || reason);
  const count = rights.reduce((sum, { evidence }) => sum + evidence.length, 0);
  const unseen = list("ul", {}, cannot_be_seen.map(linkOf));
  return [
    ...(shown.length ? [folded(`What HitBTC answered (${count})`, ...shown.map(evidenceOf))] : []),
    ...(cannot_be_seen.length ? [folded("What this check cannot see", unseen)] : []),
  ];
}

/** @param {string} summary @param {Node[]} inside */
const folded = (summary, ...inside) =>
  element("details", { class: "kc-more" }, element("summary", {}, summary), ...inside);

/** @param {RightRow} row */
function evidenceOf({ label, reason, evidence }) {
  const lines = evidence.map((one) => {
    const codes = [one.status, one.code].filter((code) => code !== null).join(" / ") || one.outcome;
    const said = one.said ? ` In HitBTC's words: “${one.said}”` : "";
    return element(
      "li",
      {},
      element("code", {}, one.asked),
      ` (${one.by}, ${one.at}): ${codes}. ${one.meaning}${said}`,
    );
  });
  const words = element("p", {}, element("b", {}, label), reason ? ` ${reason}` : "");
  return element("div", { class: "kc-small" }, words, list("ul", {}, lines));
}

/**
 * The report of a check that a part of this page ended.
 * @param {string} part @param {string} words what became of it @param {string} next what to do
 * @returns {Report}
 */
export const ownFault = (part, words, next) => ({
  verdict: "undecided",
  fault: "ours",
  headline: "The checker failed",
  sentence: "This says nothing about your key.",
  bitsgap_status: "",
  next_steps: [{ text: next, link: "troubleshooting/#checker-stays-closed" }],
  notes: [`${part}: ${words}.`],
  rights: [],
  wrong_hands: null,
  cannot_be_seen: [],
  whole: "",
});
