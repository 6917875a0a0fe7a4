/**
 * What a pasted text is without what copying added to it, and what may be known of it without it.
 *
 * Rules of this room: nothing is kept, shown or sent here. `clean` and `shapeOf` stand in
 * shapes.py too, for the terminal; a test holds them alike, and the reasons are there.
 */

const LONG = 20; // characters from which a run may be a key or a secret
const USUAL_LENGTH = 32;

const MARKS = /(?!\s)\p{Cc}\[[0-9;?]*[@-~]|(?:\^\[)?\[20[01]~/gu; // a terminal's, of a paste
const CONTROL = /(?!\s)\p{Cc}/gu;
const UNSEEN =
  /\u034f|\u17b4|\u17b5|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffc]/g;
const APART = String.raw`\s"'\x60,;:=|/*$&#?()\[\]{}<>\\\u00ab\u00b4\u00b7\u00bb\u2013\u2014\u2018-\u201f\u2022\u2039\u203a\u2192\uff1a`;
const EDGES = new RegExp(`^[${APART}]+|[${APART}]+$`, "g");
const BEFORE = new RegExp(`(?:^|[${APART}])$`);
const AFTER = new RegExp(`^(?:$|[${APART}])`);
const RUN = /[A-Za-z0-9_-]+/g;
const STRAY = /[^A-Za-z0-9_-]/gu;
const GAP = /\s/;
const DIGIT = /[0-9]/;
const NAMING = /^\s*["'`\])]*\s*(?:=>|->|:=|[:=\uff1a])/;
const SECRET =
  /secr|priv|passw|passphrase|pwd|(?:^|[^a-z])sk(?:[^a-z]|$)|\u0441\u0435\u043a\u0440\u0435\u0442|geheim|\u5bc6\u94a5|\u79d8\u5bc6/;
const KEY = /key|public|schl\u00fcssel|\u043a\u043b\u044e\u0447|clave|cl\u00e9/;
const LABEL = /^(?:your|my|hitbtc|public|private|api|secret|key|pass|token|clave)+$/;
const WORDS =
  /^(?:const|let|var|export|set|setenv|env|define|string|str|static|final|config|os|environ|is|copy|code|name|value|exchange|bot|[0-9]{1,2}|[_-]+)$/;
const HIDDEN = /[*\u2022\u25cf]{3}|\u2026|\.{3}/;
const EXAMPLE =
  /^your|(?:^|[ _-])(?:your|paste|insert|enter|example|sample|placeholder|change-?me)(?:[ _-]|$)/;

/** The secret as it is signed with, and the shapes of both texts. @param {string} key @param {string} secret */
export const readPair = (key, secret) => ({
  secret: clean(secret),
  shapes: { key: shapeOf(key, secret, true), secret: shapeOf(secret, key, false) },
});

/** @param {string} text */
export const clean = (text) => split(shown(text)).kept;

/** @param {string} text */
const shown = (text) =>
  text.replace(MARKS, "").replace(CONTROL, "").replace(UNSEEN, "").replace(EDGES, "");

/** What stands beside a pasted text, and the text: the one long run, or what follows a name. @param {string} text */
function split(text) {
  const [run, ...more] = valuesIn(text);
  if (run && !more.length && standsAlone(text, run)) {
    const end = run.index + run[0].length;
    return { beside: `${text.slice(0, run.index)} ${text.slice(end)}`, kept: run[0] };
  }
  let kept = text;
  for (let rest = afterName(kept); rest !== null; rest = afterName(kept)) kept = rest;
  if (namesOnly(kept) && kept !== text) return { beside: text, kept: "" };
  return { beside: text.slice(0, text.length - kept.length), kept };
}

/** What follows a label or a name at the start; null where none stands there. @param {string} text */
function afterName(text) {
  const [found] = text.matchAll(RUN);
  if (!found || found.index) return null;
  const after = text.slice(found[0].length);
  if (!isLabel(found[0]) && !NAMING.test(after)) return null;
  if (found[0].length >= LONG && !isLongName(found, text)) return null; // it may be the key itself
  const rest = after.replace(EDGES, "");
  return rest && rest !== after ? rest : null;
}

/** The long runs that may be a key or a secret; a long name before its value is none. @param {string} text */
const valuesIn = (text) =>
  [...text.matchAll(RUN)].filter((run) => run[0].length >= LONG && !isLongName(run, text));

/** @param {RegExpExecArray} run @param {string} text */
function isLongName(run, text) {
  const after = text.slice(run.index + run[0].length);
  const word = run[0].toLowerCase();
  return NAMING.test(after) && !DIGIT.test(word) && (SECRET.test(word) || KEY.test(word));
}

/** Whether all that stands beside the run is names, labels and what separates them.
 * @param {string} text @param {RegExpExecArray} run */
function standsAlone(text, run) {
  const before = text.slice(0, run.index);
  const after = text.slice(run.index + run[0].length);
  if (!BEFORE.test(before) || !AFTER.test(after)) return false;
  const named = (/** @type {RegExpExecArray} */ one) =>
    isLabel(one[0]) || NAMING.test(before.slice(one.index + one[0].length));
  return (
    [...before.matchAll(RUN)].every(named) &&
    [...after.matchAll(RUN)].every(([one]) => isLabel(one))
  );
}

/** Whether a word is one of a label, or of a line of a program. @param {string} word */
function isLabel(word) {
  const lower = word.toLowerCase();
  return WORDS.test(lower) || namesOnly(word);
}

/** @param {string} word */
function namesOnly(word) {
  const parts = word.toLowerCase().split(/[_-]/).filter(Boolean);
  return parts.length > 0 && parts.every((part) => LABEL.test(part));
}

/**
 * The shape of one pasted text beside the other (its fields are explained in shapes.py).
 * @param {string} text @param {string} other
 * @param {boolean} open whether it is the API key's, of which a strange character may be named
 */
export function shapeOf(text, other, open) {
  const { beside, kept } = split(shown(text));
  const half = kept.slice(0, kept.length / 2);
  const stray = [...kept.matchAll(STRAY)];
  const first = open ? stray[0] : undefined;
  const apart = text.replace(MARKS, " ").replace(CONTROL, " ").replace(UNSEEN, " ");
  return {
    length: [...kept].length,
    removed: [...text].length - [...kept].length,
    stray: stray.length,
    foreign: stray.filter(([one]) => one > "\x7f").length,
    strange: first?.[0] ?? "",
    place: first ? [...kept.slice(0, first.index)].length + 1 : 0,
    label: labelOf(beside, kept),
    gap: GAP.test(kept),
    values: valuesIn(apart).length,
    doubled: half !== "" && half + half === kept,
    sample: isSample(kept) || HIDDEN.test(text),
    same: kept !== "" && kept === clean(other),
  };
}

/** Whose label stands beside the text, in it, or at the start of too long a text.
 * @param {string} beside @param {string} kept @returns {"" | "key" | "secret"} */
function labelOf(beside, kept) {
  const runs = kept.search(STRAY) < 0 ? [] : (kept.match(RUN) ?? []);
  const inside = runs.filter((run) => run.length < LONG);
  const hidden = [...kept].length > USUAL_LENGTH && kept.toLowerCase().startsWith("secret");
  if (hidden || SECRET.test([beside, ...inside].join(" ").toLowerCase())) return "secret";
  const labels = inside.filter(isLabel);
  return KEY.test([beside, ...labels].join(" ").toLowerCase()) ? "key" : "";
}

/** Whether the text only stands for a key: xxx, stars, YOUR-API-KEY, a label alone. @param {string} kept */
function isSample(kept) {
  const alike = [...kept].length > 2 && new Set(kept).size === 1;
  const example = EXAMPLE.test(kept.toLowerCase()) && !DIGIT.test(kept);
  return alike || example || namesOnly(kept);
}
