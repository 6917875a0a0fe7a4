/**
 * How Python's answers are read: as by a stranger. What has not the form that is expected is thrown out
 * whole; of what has, only the fields that are named here go on.
 */

/** @import {Advice, Evidence, Fault, Line, Rehearsed, Report, Request, Right, RightRow, State, Step, Verdict} from "./messages.d.ts" */

const MOST = 100; // of anything in a list
const LONG = 10_000; // characters of one text

/** @type {Verdict[]} */
const VERDICTS = [
  "connected",
  "incorrect-permissions",
  "withdrawal-enabled",
  "invalid",
  "undecided",
];
/** @type {Fault[]} */
const FAULTS = ["none", "paste", "key", "exchange", "network", "ours"];
/** @type {Right[]} */
const RIGHTS = ["status", "read", "trade", "payment", "withdraw", "ip-whitelist"];
/** @type {State[]} */
const STATES = ["as-required", "not-as-required", "could-not-tell", "cannot-be-seen"];

/** @template T @typedef {(given: unknown) => T} Reads */

/** @returns {never} */
function refuse() {
  throw new TypeError("an answer of another form");
}

/** @type {Reads<string>} */
const text = (given) => (typeof given === "string" && given.length <= LONG ? given : refuse());
/** @type {Reads<boolean>} */
const flag = (given) => (typeof given === "boolean" ? given : refuse());
/** @type {Reads<number>} */
const number = (given) => (Number.isSafeInteger(given) ? Number(given) : refuse());

/** @template {string} T @param {T[]} known @returns {Reads<T>} */
const oneOf = (known) => (given) => known.find((one) => one === given) ?? refuse();

/** @template T @param {Reads<T>} read @returns {Reads<T | null>} */
const perhaps = (read) => (given) => (given === null ? null : read(given));

/** @template T @param {Reads<T>} read @returns {Reads<T[]>} */
const list = (read) => (given) =>
  Array.isArray(given) && given.length <= MOST ? given.map((one) => read(one)) : refuse();

/** @template {object} T @param {{[name in keyof T]: Reads<T[name]>}} fields @returns {Reads<T>} */
const record = (fields) => (given) => {
  if (typeof given !== "object" || given === null) return refuse();
  const all = /** @type {Record<string, unknown>} */ (given);
  const names = /** @type {(keyof T & string)[]} */ (Object.keys(fields));
  return /** @type {T} */ (
    Object.fromEntries(names.map((name) => [name, fields[name](all[name])]))
  );
};

/** @type {Reads<Line>} */
const line = record({ text, link: text });

/** @type {Reads<Evidence>} */
const evidence = record({
  asked: text,
  by: text,
  at: text,
  outcome: text,
  status: perhaps(number),
  code: perhaps(number),
  said: text,
  meaning: text,
});

/** @type {Reads<Omit<RightRow, "right">>} */
const row = record({
  state: oneOf(STATES),
  label: text,
  wanted: text,
  found: text,
  reason: text,
  confirmed_by_you: flag,
  evidence: list(evidence),
});

/** @type {Reads<RightRow[]>} */
function rights(given) {
  if (typeof given !== "object" || given === null) return refuse();
  const rows = Object.entries(given).slice(0, MOST);
  return rows.map(([right, one]) => ({ right: oneOf(RIGHTS)(right), ...row(one) }));
}

const known = record({
  verdict: oneOf(VERDICTS),
  fault: oneOf(FAULTS),
  headline: text,
  sentence: text,
  bitsgap_status: text,
  rights,
  wrong_hands: perhaps(line),
  next_steps: list(line),
  notes: list(text),
  cannot_be_seen: list(line),
  key_ends_in: text,
});

/** @type {Reads<Report>} */
const report = (given) => ({ ...known(given), whole: JSON.stringify(given, null, 2) });

/** @type {Reads<{advice: Advice[]}>} */
export const readAdvice = record({ advice: list(record({ field: text, text, stops: flag })) });

/** @type {Reads<Step>} */
export const readStep = record({
  requests: list(/** @type {Reads<Request>} */ (record({ number, probe: text, wait: number }))),
  progress: list(number),
  ended: flag,
  report: perhaps(report),
});

/** @type {Reads<{report: Report}>} */
export const readReport = record({ report });

/** @type {Reads<{problem: {text: string} | null, report: Report}>} */
export const readPasted = record({ problem: perhaps(record({ text })), report });

/** @type {Reads<{markdown: string}>} */
export const readMarkdown = record({ markdown: text });

/** @type {Reads<{seen: Rehearsed[], report: Report}>} */
export const readRehearsal = record({
  seen: list(
    /** @type {Reads<Rehearsed>} */ (
      record({ number, method: text, path: text, about: text, frame: text, answer: text })
    ),
  ),
  report,
});
