/**
 * How a report looks. Plain data in, elements out; whatever Python or the exchange said is put in as
 * text, never as markup, and a link leads to a page of this site or is none.
 */

import { build, element } from "./dom.js";
import { HOME } from "./seal.js";
import { say } from "./words.js";

/** @import {Line, Report, RightRow} from "./messages.d.ts" */

/** What the site is above this page: links in a report are paths from there. */
const SITE = new URL("..", HOME);

const CONNECT = "guide/connect/#connect";
const NOT_SEEN = "guide/check-the-key/#not-seen";
const STAYS_CLOSED = "troubleshooting/#checker-stays-closed";
const WHITELIST = "guide/make-the-key/#ip-whitelist";

/** Where a report may lead: Python's own table of links, as the build read it, and this file's. A link
 * of anybody's making could carry something away in its letters. */
const LINKS = new Set([...build.links, NOT_SEEN, STAYS_CLOSED]);

const REHEARSAL = say("report.rehearsal");

/** A list with an item for each of `items`. @param {string} tag @param {Record<string, string>} attributes @param {(Node | string)[]} items */
const list = (tag, attributes, items) =>
  element(
    tag,
    attributes,
    ...items.map((item) => (item instanceof HTMLLIElement ? item : element("li", {}, item))),
  );

/**
 * The parts of a report: what came of it with what to do now, the six settings, what else there is to
 * press, what no check can see, and all evidence in one place.
 * @param {Report} report @param {boolean} rehearsed @param {Node[]} now stands with the result
 * @param {Node} actions
 */
export function resultOf(report, rehearsed, now, actions) {
  const rows = report.rights.length ? [tableOf(report.rights)] : [];
  return [
    verdictOf(report, rehearsed, now),
    ...rows,
    ...wrongHandsOf(report),
    actions,
    ...unseenOf(report),
    ...allOf(report),
  ];
}

/** Whether the key works, and nobody has told whether it can withdraw. @param {Report} report */
export function withdrawIsOpen({ rights }) {
  const is = (/** @type {string} */ name, /** @type {string} */ state) =>
    rights.some((row) => row.right === name && row.state === state && !row.confirmed_by_you);
  return is("withdraw", "could-not-tell") && is("status", "as-required");
}

/** Whether the reader's look at Withdraw is all that is missing. @param {Report} report */
export const onlyWithdrawIsLeft = (report) =>
  report.verdict === "undecided" && withdrawIsOpen(report);

/** Whether what to do next is to connect the key. @param {Report} report */
export const isReady = ({ next_steps }) => next_steps[0]?.link === CONNECT;

/** @param {Report} report HitBTC's name for the permission */
export const withdrawLabel = ({ rights }) =>
  rights.find(({ right }) => right === "withdraw")?.label ?? "";

/** @param {Report} report @param {boolean} rehearsed @param {Node[]} now */
function verdictOf(report, rehearsed, now) {
  const { verdict, fault, headline, sentence, rights } = report;
  const yours = verdict === "undecided" && rights.some(({ confirmed_by_you }) => confirmed_by_you);
  return element(
    "div",
    {
      class: yours ? "kc-verdict kc-yours" : "kc-verdict",
      "data-verdict": verdict,
      "data-fault": fault,
    },
    ...tagOf(report, rehearsed),
    element("h2", { id: "verdict-title", tabindex: "-1" }, headline),
    element("p", {}, sentence, ...bitsgapOf(report)),
    ...(onlyWithdrawIsLeft(report) && now.length ? [] : stepsOf(report)),
    ...now,
    ...notesOf(report),
  );
}

/** That this is a rehearsal stands above the headline already. @param {Report} report */
const notesOf = ({ notes }) =>
  notes
    .filter((note) => note !== REHEARSAL)
    .map((note) => element("p", { class: "kc-note" }, note));

/** Which check this is. @param {Report} report @param {boolean} rehearsed */
function tagOf({ key_ends_in }, rehearsed) {
  const words = key_ends_in && say("page.key_ends_in", { key_ends_in });
  const said = rehearsed ? REHEARSAL : words;
  return said ? [element("p", { class: "kc-small" }, said)] : [];
}

/** What to do next: where all is well one button, otherwise the steps in their order. @param {Report} report */
function stepsOf(report) {
  const [first, ...others] = report.next_steps;
  if (!isReady(report)) return [list("ol", {}, report.next_steps.map(linkOf))];
  const button = element("a", linkTo(first.link, "md-button md-button--primary"), unpointed(first));
  const more = others.map((line) => element("p", { class: "kc-small" }, linkOf(line)));
  return [element("p", { class: "kc-buttons" }, button), ...more];
}

/** While the question stands there, its answer decides what Bitsgap will show. @param {Report} report */
function bitsgapOf(report) {
  const { bitsgap_status } = report;
  if (!bitsgap_status || onlyWithdrawIsLeft(report)) return [];
  return [` ${say("page.bitsgap_will_show", { status: bitsgap_status })}`];
}

/** A label has no full stop. @param {Line} line */
const unpointed = ({ text }) => text.replace(/\.$/, "");

/** @param {Line} line */
const linkOf = ({ text, link }) => (LINKS.has(link) ? element("a", linkTo(link), text) : text);

/** A new tab, because this one forgets the key when it is left. @param {string} link @param {string} [look] */
function linkTo(link, look = "") {
  const { href } = new URL(link, SITE);
  return { href, target: "_blank", rel: "noopener", ...(look && { class: look }) };
}

const HEAD = ["report.setting", "report.needed", "report.found"];

/** @param {RightRow[]} rights */
function tableOf(rights) {
  const head = element("tr", {}, ...HEAD.map((id) => element("th", { scope: "col" }, say(id))));
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

/** What a setting may be. What was refused is neither, and may well be as it should: a whitelist refuses
 * every permission, and a wrong pair the whole key. */
const SETTLED = new Set([say("setting.on"), say("setting.off")]);

/** How a setting was found, in words. @param {RightRow} row */
function stateOf({ state, found, wanted, confirmed_by_you }) {
  if (confirmed_by_you) return say("page.confirmed_by_you", { found });
  if (state === "as-required") return `✓ ${found}`;
  if (state === "not-as-required")
    return `✗ ${SETTLED.has(found) ? say("page.found_and_needed", { found, wanted }) : found}`;
  if (state === "cannot-be-seen")
    return element("a", linkTo(WHITELIST), say("page.look_on_hitbtc"));
  return `? ${found}`;
}

/** What this key could do for somebody else. @param {Report} report */
const wrongHandsOf = ({ wrong_hands }) =>
  wrong_hands
    ? [element("p", { class: "kc-small" }, `${wrong_hands.text} `, ...whyOf(wrong_hands))]
    : [];

/** @param {Line} line */
const whyOf = ({ link }) => (LINKS.has(link) ? [element("a", linkTo(link), say("page.why"))] : []);

/** Where the settings of a key are on HitBTC. */
export const whereToLook = () => [
  `${say("page.where_to_look")} `,
  element("a", linkTo("guide/make-the-key/#withdraw-off"), say("page.show_me_where")),
];

/** @param {Report} report */
function unseenOf({ cannot_be_seen }) {
  if (!cannot_be_seen.length) return [];
  const why = whyOf({ text: "", link: NOT_SEEN });
  return [element("p", { class: "kc-small" }, `${say("page.unseen")} `, ...why)];
}

/** All evidence, and at the end what no answer shows. @param {Report} report */
function allOf({ rights, cannot_be_seen }) {
  const shown = rights.filter(({ evidence, reason }) => evidence.length || reason);
  if (!shown.length) return [];
  const count = rights.reduce((sum, { evidence }) => sum + evidence.length, 0);
  const title = element("b", {}, say("page.cannot_see"));
  const unseen = list("ul", {}, cannot_be_seen.map(linkOf));
  const last = element("div", { class: "kc-small" }, element("p", {}, title), unseen);
  return [folded(say("page.answers", { count }), ...shown.map(evidenceOf), last)];
}

/** @param {string} summary @param {Node[]} inside */
const folded = (summary, ...inside) =>
  element("details", { class: "kc-more" }, element("summary", {}, summary), ...inside);

/** @param {RightRow} row */
function evidenceOf({ label, reason, evidence }) {
  const lines = evidence.map((one) => {
    const codes = [one.status, one.code].filter((code) => code !== null).join(" / ");
    const said = one.said ? ` ${say("page.in_their_words", { said: one.said })}` : "";
    return element(
      "li",
      {},
      element("code", {}, one.asked),
      ` (${one.by}, ${one.at}): ${codes && `${codes}. `}${one.meaning}${said}`,
    );
  });
  const words = element("p", {}, element("b", {}, label), reason ? ` ${reason}` : "");
  return element("div", { class: "kc-small" }, words, list("ul", {}, lines));
}

/**
 * The report of a check that a part of this page ended.
 * @param {string} part @param {string} why what became of it @param {string} next what to do
 * @returns {Report}
 */
export const ownFault = (part, why, next) => ({
  verdict: "undecided",
  fault: "ours",
  headline: say("case.unsent.headline"),
  sentence: say("page.says_nothing"),
  bitsgap_status: "",
  next_steps: [{ text: next, link: STAYS_CLOSED }],
  notes: [say("page.part_failed", { part, why })],
  rights: [],
  wrong_hands: null,
  cannot_be_seen: [],
  key_ends_in: "",
  whole: "",
});
