/**
 * How a report looks. Plain data in, elements out; whatever Python or the exchange said is put in as
 * text, never as markup, and a link leads to a page of this site or is none.
 */

import { element } from "./dom.js";
import { HOME } from "./seal.js";

/** @import {Evidence, Line, Report, RightRow} from "./messages.d.ts" */

/** What the site is above this page: links in a report are paths from there. */
const SITE = new URL("..", HOME);

/** @type {Record<string, string>} */
const STATES = {
  "as-required": "✓ As required",
  "not-as-required": "✗ Not as required",
  "could-not-tell": "? Could not tell",
  "cannot-be-seen": "– Cannot be seen from here",
};

/** A list with an item for each of `items`. @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} items */
const list = (tag, attributes, items) =>
  element(
    tag,
    attributes,
    ...items.map((item) => (item instanceof HTMLLIElement ? item : element("li", {}, item))),
  );

/**
 * The parts of a report: verdict, boxes, what cannot be seen.
 * @param {Report} report @param {boolean} rehearsed
 */
export function resultOf(report, rehearsed) {
  return [verdictOf(report, rehearsed), rowsOf(report.rights), unseenOf(report)];
}

/** @param {Report} report @param {boolean} rehearsed */
function verdictOf(report, rehearsed) {
  const { verdict, fault, sentence, whose_doing, notes, next_steps } = report;
  const made = element("div", {
    class: "kc-verdict",
    "data-verdict": verdict,
    "data-fault": fault,
  });
  if (rehearsed) made.append(element("p", { class: "kc-tag" }, "A rehearsal with a made-up key"));
  made.append(element("h2", { id: "verdict-title" }, sentence));
  const status = element("b", {}, report.bitsgap_status || "cannot be said yet");
  const facts = [
    "Bitsgap would most likely show: ",
    status,
    ". Whose doing: ",
    element("b", {}, whose_doing),
    ".",
  ];
  const kept = "Links open in a new tab: this one forgets the key when you leave it.";
  made.append(element("p", {}, ...facts), element("h3", {}, "What to do next"));
  made.append(list("ol", {}, next_steps.map(linkOf)));
  made.append(
    element("p", { class: "kc-small" }, kept),
    ...notes.map((note) => element("p", { class: "kc-note" }, note)),
  );
  return made;
}

/** A new tab, because this one forgets the key when it is left. @param {Line} line */
function linkOf({ text, link }) {
  const { href } = new URL(link, SITE);
  if (!link || !href.startsWith(SITE.href)) return text;
  return element("a", { href, target: "_blank", rel: "noopener" }, text);
}

/** @param {RightRow[]} rights */
function rowsOf(rights) {
  const rows = rights.map((row) => {
    const state = row.confirmed_by_you ? "Confirmed by you" : STATES[row.state];
    const item = element("li", { "data-right": row.right, "data-state": row.state });
    item.append(element("b", {}, row.label), element("span", { class: "kc-state" }, state));
    const words = [`Wanted: ${row.wanted}. Found: ${row.found}.`, row.reason].join(" ").trim();
    item.append(element("span", { class: "kc-small" }, words));
    if (row.evidence.length) item.append(evidenceOf(row.evidence));
    return item;
  });
  return list("ul", { class: "kc-rows", "aria-label": "The boxes on HitBTC's form" }, rows);
}

/** @param {Evidence[]} evidence */
function evidenceOf(evidence) {
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
  return element(
    "details",
    {},
    element("summary", {}, "What was asked, and what came back"),
    list("ul", {}, lines),
  );
}

/** @param {Report} report */
function unseenOf({ cannot_be_seen }) {
  const lines = cannot_be_seen.map(linkOf);
  const summary = element("summary", {}, "What cannot be seen from here");
  return element("details", { class: "kc-more", open: "" }, summary, list("ul", {}, lines));
}

/**
 * The report of a check that a part of this page ended.
 * @param {string} part @param {string} words what became of it @param {string} next what to do
 * @returns {Report}
 */
export const ownFault = (part, words, next) => ({
  verdict: "undecided",
  fault: "ours",
  whose_doing: "This checker",
  sentence: "The checker itself failed, so nothing can be said of the key.",
  bitsgap_status: "",
  next_steps: [{ text: next, link: "troubleshooting/#checker-stays-closed" }],
  notes: [`${part}: ${words}.`],
  rights: [],
  cannot_be_seen: [],
  whole: "",
});
