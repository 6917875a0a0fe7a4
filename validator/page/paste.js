/**
 * What a pasted text is without what copying added to it, and what may be known of it without it.
 *
 * Rules of this room: nothing is kept, shown or sent here. `clean` and `shapeOf` stand in
 * credentials.py too, for the terminal; a test holds them alike.
 */

const LONG = 20; // characters from which a run may be a key or a secret
const LONGEST_NAME = 24;

const MARKS = /(?!\s)\p{Cc}\[[0-9;?]*[@-~]|(?:\^\[)?\[20[01]~/gu; // a terminal's, of a paste
const CONTROL = /(?!\s)\p{Cc}/gu;
const UNSEEN =
  /\u034f|\u17b4|\u17b5|[\u180b-\u180f]|[\ufe00-\ufe0f]|[\u00ad\u061c\u115f\u1160\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffc]/g;
const EDGES =
  /^(?:\s|["'`,;()[\]{}<>\u00ab\u00bb\u2018-\u201f\u2039\u203a])+|(?:\s|["'`,;()[\]{}<>\u00ab\u00bb\u2018-\u201f\u2039\u203a])+$/g;
const LABEL = /^(?:(?:your|my|hitbtc|public|private|api|secret|key)[ _-]*)+\s/i;
const NAMED =
  /^(?:[A-Za-z]+[ (]+["'`]?)?([A-Za-z][A-Za-z0-9_.-]*(?: [A-Za-z]+){0,3})(?:["'`]?\s*(?:=>|:=|[:=\uff1a])|["'`]\s*,)\s*/;
const CONSTANT = /^[A-Z]+(?:[_ ][A-Z]+)+$/;
const RUN = /[A-Za-z0-9_-]+/g;
const STRAY = /[^A-Za-z0-9_-]/gu;
const GAP = /\s/;
const LABEL_ALONE = /^(?:(?:hitbtc|public|private|api|secret|key)[ _-]?)+$/i;
const SECRET = /secret|private/i;
const KEY = /key|public/i;
const HIDDEN = /[*\u2022\u25cf]{3}|\u2026|\.{3}/;
const EXAMPLE = /your|paste|insert|enter|example|sample|placeholder|change-?me/i;

/** The secret as it is signed with, and the shapes of both texts. @param {string} key @param {string} secret */
export const readPair = (key, secret) => ({
  secret: clean(secret),
  shapes: { key: shapeOf(key, secret, true), secret: shapeOf(secret, key, false) },
});

/** @param {string} text */
export const clean = (text) => split(text).kept;

/** The label before a pasted text, and the text without anything around it. @param {string} text */
function split(text) {
  const seen = text.replace(MARKS, "").replace(CONTROL, "").replace(UNSEEN, "");
  const shown = seen.replace(EDGES, "");
  const before = (named(shown) ?? LABEL.exec(shown))?.[0] ?? "";
  return { before, kept: before ? shown.slice(before.length).replace(EDGES, "") : shown };
}

/** A longer run than a name's may be a key itself, as in `key:secret`. @param {string} shown */
function named(shown) {
  const found = NAMED.exec(shown);
  return found && (found[1].length <= LONGEST_NAME || CONSTANT.test(found[1])) ? found : null;
}

/**
 * The shape of one pasted text beside the other (its fields are explained in credentials.py).
 * @param {string} text @param {string} other
 * @param {boolean} open whether it is the API key's, of which a strange character may be named
 */
export function shapeOf(text, other, open) {
  const { before, kept } = split(text);
  const half = kept.slice(0, kept.length / 2);
  const stray = [...kept.matchAll(STRAY)];
  const first = open ? stray[0] : undefined;
  return {
    length: [...kept].length,
    removed: [...text].length - [...kept].length,
    stray: stray.length,
    foreign: stray.filter(([one]) => one > "\x7f").length,
    strange: first?.[0] ?? "",
    place: first ? [...kept.slice(0, first.index)].length + 1 : 0,
    label: labelOf(before, kept),
    gap: GAP.test(kept),
    values: (kept.match(RUN) ?? []).filter((run) => run.length >= LONG).length,
    doubled: half !== "" && half + half === kept,
    sample: isSample(kept),
    same: kept !== "" && kept === clean(other),
  };
}

/** Whose label stood before the text, or stands beside it after a space.
 * @param {string} before @param {string} kept @returns {"" | "key" | "secret"} */
function labelOf(before, kept) {
  const beside = GAP.test(kept)
    ? (kept.match(RUN) ?? []).filter((run) => LABEL_ALONE.test(run))
    : [];
  const words = [before, ...beside].join(" ");
  if (SECRET.test(words)) return "secret";
  return KEY.test(words) ? "key" : "";
}

/** Whether the text only stands for a key: xxx, stars, YOUR-API-KEY, a label alone. @param {string} kept */
function isSample(kept) {
  const alike = [...kept].length > 2 && new Set(kept).size === 1;
  const example = EXAMPLE.test(kept) && !/[0-9]/.test(kept);
  return alike || example || HIDDEN.test(kept) || LABEL_ALONE.test(kept);
}
