/**
 * The session: from a press of Check key to what came of it, and what the reader does with that.
 *
 * Rules of this room: one check at a time; what comes from the one before is passed over. Whatever part
 * breaks is named, the vault keeps what it held, and the ledger what was sent.
 */

import { readAdvice, readMarkdown, readRehearsal, readReport } from "./answers.js";
import { PythonError } from "./ask.js";
import * as byhand from "./byhand.js";
import { Relay } from "./check.js";
import { $, announce, keepingFocus } from "./dom.js";
import * as fields from "./fields.js";
import * as ledger from "./ledger.js";
import { isSealed } from "./loading.js";
import * as result from "./result.js";
import { ownFault, withdrawIsOpen } from "./show.js";
import * as vault from "./vault.js";
import { say } from "./words.js";
import { after } from "./workers.js";

/** @import {FromTransport, Question, Report} from "./messages.d.ts" */
/** @import {Python} from "./ask.js" */
/** @import {Transport} from "./send.js" */

const SENDING = 12_000; // after a press, whatever part of that Python took to start
const LIMIT = 13_500; // by 12 s the transport ends a check, by 15 s it must have ended: a part is gone

/** @type {HTMLInputElement} */ const withdraw = $("withdraw");

/** @type {Python | null} */ let python = null;
/** @type {Transport | null} */ let transport = null;
/** @type {Relay | null} */ let check = null;
let checkedKey = "";
let checking = false;
let pressed = 0; // which press a check is of
let began = 0; // when it was
let enough = () => {};

/** The page is sealed, and these are its parts. @param {Python} itsPython @param {Transport} itsTransport */
export function use(itsPython, itsTransport) {
  python = itsPython;
  transport = itsTransport;
}

export const isChecking = () => checking;

// --- What the parts say ---

/** @param {FromTransport} said */
export function heard(said) {
  if (said.say === "row") ledger.add(said.row);
  else if (said.say === "answer") ledger.answered(said);
  else if (said.say === "noted") compareLedger(said.check, said.names);
  else if (said.say === "reply" && said.check === check?.number) check.heard(said.reply);
  else if (said.say === "silent" && said.check === check?.number) check.stop("silent");
}

/** @param {number} number @param {string[]} names */
function compareLedger(number, names) {
  if (number !== pressed || checking || !result.isShown()) return; // forgotten, or the next began
  ledger.compare(names);
}

/** Ask what a Python that is alive answers at once. What goes wrong is shown.
 * @template T @param {Question} question @param {(given: unknown) => T} read @returns {Promise<T | null>} */
async function ask(question, read) {
  python?.pressed();
  if (python?.state !== "ready") {
    announce(say("page.waiting_for_python"));
    $("cancel").hidden = !checking;
  }
  return python?.ask(question, read).catch(hasFailed) ?? null;
}

/** @param {unknown} error @returns {null} */
function hasFailed(error) {
  if (error instanceof PythonError) broken("page.part_python", error.message);
  else broken("page.part_page", String(error));
  return null;
}

/** A part is gone or in trouble: end the check, and say which.
 * @param {string} part the name of its words @param {string} why */
export function broken(part, why) {
  setChecking(false);
  clearResult();
  showReport(ownFault(say(part), why, pressAgain()));
}

const pressAgain = () =>
  say(vault.holds() ? "page.check_again_with_held" : "page.press_check_again");

/** Python ended, and with it what it knew of the check. @param {string} why */
export function pythonEnded(why) {
  if (checking) return broken("page.part_python", why);
  if (!byhand.isOffered()) return;
  keepingFocus(byhand.clear, result.again);
  result.tell(`${say("page.part_failed", { part: say("page.part_python"), why })} ${pressAgain()}`);
}

// --- A check ---

/** @param {Event} event */
export async function press(event) {
  event.preventDefault();
  if (checking || !isSealed()) return;
  const key = fields.key();
  if (vault.holds() && fields.blank() && key === checkedKey) return begin();
  vault.forget();
  fields.showHeld();
  fields.reveal(false);
  setChecking(true);
  clearAll();
  checkedKey = key;
  const mine = pressed;
  if (!(await isFitToSend(key, mine))) return;
  await fields.take();
  if (checking && mine === pressed) begin();
  else fields.forgetSecret();
}

/** Whether the pair's shapes let it be sent; what stops it is said before the form.
 * @param {string} key @param {number} mine the press that asks */
async function isFitToSend(key, mine) {
  const shapes = fields.shapes();
  const found = await ask({ do: "advise", ...shapes }, readAdvice);
  if (!found || !checking || mine !== pressed) return false; // broken, or forgotten meanwhile
  const changed =
    fields.key() !== key || JSON.stringify(fields.shapes()) !== JSON.stringify(shapes);
  const stops = changed ? [] : found.advice.filter(({ stops }) => stops);
  if (!changed) fields.summarise(stops);
  announce(changed ? say("page.changed_meanwhile") : "");
  const fit = !changed && !stops.length;
  if (!fit) setChecking(false);
  return fit;
}

function begin() {
  if (!python || !transport) return;
  setChecking(true);
  $("cancel").hidden = false;
  keepingFocus(clearAll, () => $("cancel"));
  python.pressed();
  announce(say(python.state === "ready" ? "page.checking" : "page.waiting_for_python"));
  check = new Relay(pressed, python, transport, {
    progress,
    ended,
    failed: hasFailed,
  });
  check.begin(checkedKey, withdraw.checked, SENDING - (performance.now() - began));
}

/** Said once for each answer, however many steps there are between. @param {number} done @param {number} all */
function progress(done, all) {
  const words = say("page.progress", { done, all });
  if ($("live").textContent !== words) announce(words);
}

export function cancel() {
  if (check) return check.stop("cancelled");
  setChecking(false); // it still waits for Python
  announce(say("page.stopped"));
}

/** @param {Report} report */
function ended(report) {
  setChecking(false);
  showReport(report);
  if (withdrawIsOpen(report) && withdraw.checked && vault.holds()) offerCommand(false);
}

/** @param {boolean} on */
function setChecking(on) {
  if (!on) {
    enough();
    check?.close();
    check = null;
    const hide = () => $("cancel").toggleAttribute("hidden", true);
    keepingFocus(hide, () => $("check"));
  } else if (!checking) {
    pressed += 1;
    began = performance.now();
    enough = after(LIMIT, blame);
  }
  checking = on;
  $("check").setAttribute("aria-disabled", String(on));
}

/** A check has not ended in time: the part that owes something is gone. */
function blame() {
  if (python?.state === "starting") broken("page.part_python", say("page.has_not_started"));
  else if (python?.waiting.size) python.break(say("page.did_not_answer"));
  else transport?.break(say("page.did_not_answer"));
}

function clearAll() {
  clearResult();
  ledger.clear();
}

function clearResult() {
  result.clear();
  byhand.clear();
}

// --- What came of it ---

/** @param {Report} report @param {boolean} [rehearsed] */
function showReport(report, rehearsed = false) {
  const checkable = !rehearsed && vault.holds() && transport?.workers.length;
  const again = checkable ? checkAgain : null;
  result.show(report, again, rehearsed ? null : looked, rehearsed);
  if (report.whole) result.setMarkdown(written());
}

const checkAgain = () => checking || begin();

async function written() {
  const made = await python?.ask({ do: "markdown" }, readMarkdown).catch(hasFailed);
  return made?.markdown ?? "";
}

/** @param {string} name of a made-up situation */
export async function rehearse(name) {
  if (!python || checking) return;
  clearAll();
  const mine = pressed;
  const found = await ask({ do: "rehearse", name, now: Date.now() }, readRehearsal);
  if (!found || checking || mine !== pressed) return;
  for (const row of found.seen) ledger.addRehearsed(row);
  ledger.tell(say("page.rehearsed_in_memory"));
  showReport(found.report, true);
}

/** @param {boolean} on */
async function looked(on) {
  const mine = pressed;
  const found = await ask({ do: "look", on }, readReport);
  if (found && !checking && mine === pressed) settle(found.report);
}

/** @param {Report} report */
function settle(report) {
  showReport(report);
  const open = report.rights.some(
    ({ right, state }) => right === "withdraw" && state === "could-not-tell",
  );
  if (!open) byhand.clear();
}

// --- Withdraw by hand ---

/** @param {boolean} asked whether the reader asked for this one, and its time is to be counted */
export async function offerCommand(asked) {
  if (checking || !result.isShown()) return null;
  try {
    return await byhand.offer(checkedKey, asked);
  } catch {
    keepingFocus(byhand.clear, () => fields.apiKey);
    tellForgotten();
    return null;
  }
}

/** What is copied is signed at the press, so that it lives as long as it can; a press that another
 * came after copies nothing. @param {"curl" | "windows"} shell */
export function copyCommand(shell) {
  const signed = offerCommand(true).then((made) => {
    if (!made) throw new Error(vault.holds() ? "" : say("page.forgotten_by_itself"));
    return made[shell];
  });
  result.copy(signed, say("page.command_copied"), $("copied"));
}

export async function readAnswer() {
  if (!python || checking) return;
  python.pressed();
  const mine = pressed;
  const found = await byhand.read(python, checkedKey).catch(hasFailed);
  if (!found || checking || mine !== pressed) return;
  if ("problem" in found) announce(found.problem);
  else settle(found.report);
}

// --- Forgetting ---

/** @param {boolean} [keepResult] */
export function forgetAll(keepResult = false) {
  checkedKey = "";
  pressed += 1; // what is still awaited answers an earlier press
  fields.forgetBoth();
  fields.summarise([]);
  setChecking(false);
  if (!keepResult) clearAll();
}

/** Say so, when the vault has forgotten by itself. */
export function tellForgotten() {
  if ($("held").hidden || vault.holds()) return;
  const gone = () => {
    fields.showHeld();
    byhand.clear();
    result.takeBackAgain();
  };
  keepingFocus(gone, () => fields.apiKey);
  announce(say("page.forgotten_by_itself"));
}
