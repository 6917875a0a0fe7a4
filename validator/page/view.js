/**
 * The view: what the reader presses, and which part is to do it; what comes back is shown.
 *
 * Rules of this room: nothing starts by itself and nothing is prefilled; address, history, storage
 * and other windows' messages are not read. One check at a time; what comes from the one before is
 * passed over.
 */

import { readAdvice, readMarkdown, readRehearsal, readReport } from "./answers.js";
import { Python, PythonError } from "./ask.js";
import * as byhand from "./byhand.js";
import { Check } from "./check.js";
import { $, announce, element } from "./dom.js";
import * as fields from "./fields.js";
import * as ledger from "./ledger.js";
import * as loading from "./loading.js";
import * as result from "./result.js";
import { Transport } from "./send.js";
import { ownFault, withdrawIsOpen } from "./show.js";
import * as vault from "./vault.js";
import { after } from "./workers.js";

/** @import {Build, FromTransport, Question, Report} from "./messages.d.ts" */
/** @import {State} from "./ask.js" */

const SENDING = 12_000; // after a press, whatever part of that Python took to start
const LIMIT = 13_500; // by 12 s the transport ends a check, by 15 s it must have ended: a part is gone
const GLANCE = 5000; // how often the page looks whether the vault has forgotten

const root = $("checker");
/** @type {HTMLInputElement} */ const withdraw = $("withdraw");
/** @type {HTMLSelectElement} */ const scenario = $("scenario");
/** @type {Build} */ const build = JSON.parse($("build").textContent ?? "{}");

/** @type {Python | null} */ let python = null;
/** @type {Transport | null} */ let transport = null;
/** @type {Check | null} */ let check = null;
let checkedKey = "";
let checking = false;
let pressed = 0; // which press a check is of
let began = 0; // when it was
let enough = () => {};

// --- Loading and sealing ---

const load = () => loading.load(build.runtime, sealed);

/** @param {import("./loading.js").Parts} parts */
function sealed({ transports, files }) {
  ledger.watch();
  transport = new Transport(transports, heard, transportBroke);
  const made = new Python(files, build.lock, showPython, unsealed);
  python = made;
  setTimeout(() => made.start()); // The field is open before Python takes the processor.
}

/** The browser let Python reach somebody: whatever was said of the seal is not so. */
function unsealed() {
  forgetAll();
  loading.close("The browser did not seal this page. All is forgotten: load it again.");
}

// --- Python and the transport ---

const WAITING = "Waiting for Python to start …";

/** @type {Record<State, string>} */
const PYTHONS_WORDS = {
  waiting: "",
  starting: "Python is starting, without any network. You can paste meanwhile.",
  ready: "Python is ready, and was refused even api.hitbtc.com: it has no network and no key.",
  failed: "Python ended. Pressing a button starts it anew.",
};

/** @param {State} state @param {string} words why it ended */
function showPython(state, words) {
  root.dataset.python = state;
  const place = $("python-words");
  place.textContent = [PYTHONS_WORDS[state], words].join(" ").trim();
  place.hidden = false;
  if (state === "ready") place.dataset.pythonCanary = "refused";
  else delete place.dataset.pythonCanary;
  if (state !== "failed") return;
  byhand.clear();
  if (checking) broken("Python", words);
}

/** @param {FromTransport} said */
function heard(said) {
  if (said.say === "row") ledger.add(said.row);
  else if (said.say === "answer") ledger.answered(said.id, said.answer);
  else if (said.say === "noted") compareLedger(said.check, said.names);
  else if (said.say === "reply" && said.check === check?.number) check.heard(said.reply);
  else if (said.say === "silent" && said.check === check?.number) check.stop("silent");
}

/** @param {number} number @param {string[]} names */
function compareLedger(number, names) {
  if (number !== pressed || checking || !result.isShown()) return; // forgotten, or the next began
  ledger.compare(names);
}

/** @param {string} words @param {number} left how many transports there are still */
function transportBroke(words, left) {
  const part = "The part that talks with HitBTC";
  if (left) {
    if (checking) broken(part, words);
    return;
  }
  forgetAll(true);
  broken(part, words);
  loading.close(
    "The part that talks with HitBTC ended. Load this page again; the key is forgotten.",
  );
}

/** Ask what a Python that is alive answers at once. What goes wrong is shown.
 * @template T @param {Question} question @param {(given: unknown) => T} read @returns {Promise<T | null>} */
async function ask(question, read) {
  python?.pressed();
  if (python?.state !== "ready") {
    announce(WAITING);
    $("cancel").hidden = !checking;
  }
  return python?.ask(question, read).catch(hasFailed) ?? null;
}

/** @param {unknown} error @returns {null} */
function hasFailed(error) {
  if (error instanceof PythonError) broken("Python", error.message);
  else broken("The page", String(error));
  return null;
}

// --- A check ---

/** @param {Event} event */
async function press(event) {
  event.preventDefault();
  if (checking || !loading.isSealed()) return;
  const key = fields.key();
  if (vault.holds() && fields.blank() && key === checkedKey) return begin();
  vault.forget();
  fields.showHeld();
  fields.reveal(false);
  setChecking(true);
  clearAll();
  checkedKey = key;
  const mine = pressed;
  const shapes = fields.shapes();
  const found = await ask({ do: "advise", ...shapes }, readAdvice);
  if (!found || !checking || mine !== pressed) return; // broken, or forgotten meanwhile
  if (fields.key() !== key || JSON.stringify(fields.shapes()) !== JSON.stringify(shapes)) {
    setChecking(false);
    announce("The fields were changed meanwhile, so nothing was sent. Press Check key again.");
    return;
  }
  const stops = found.advice.filter(({ stops }) => stops);
  fields.summarise(stops);
  announce("");
  if (stops.length) return setChecking(false);
  await fields.take();
  if (checking && mine === pressed) begin();
  else fields.forgetSecret();
}

function begin() {
  if (!python || !transport) return;
  setChecking(true);
  clearAll();
  python.pressed();
  announce(python.state === "ready" ? "Checking …" : WAITING);
  $("cancel").hidden = false;
  check = new Check(pressed, python, transport, {
    progress: (done, all) => announce(`Checking: ${done} of ${all} answered.`),
    ended,
    failed: hasFailed,
  });
  check.begin(checkedKey, withdraw.checked, SENDING - (performance.now() - began));
}

function cancel() {
  if (check) return check.stop("cancelled");
  setChecking(false); // it still waits for Python
  announce("Stopped. Nothing was sent.");
}

/** @param {Report} report */
function ended(report) {
  setChecking(false);
  showReport(report);
  offerByHand(report);
}

/** @param {boolean} on */
function setChecking(on) {
  if (!on) {
    enough();
    check?.close();
    check = null;
  } else if (!checking) {
    pressed += 1;
    began = performance.now();
    enough = after(LIMIT, blame);
  }
  checking = on;
  $("cancel").hidden = true;
  $("check").setAttribute("aria-disabled", String(on));
}

/** A check has not ended in time: the part that owes something is gone. */
function blame() {
  if (python?.state === "starting") broken("Python", "it has not started yet");
  else if (python?.waiting.size) python.break("it did not answer");
  else transport?.break("it did not answer");
}

function clearAll() {
  clearResult();
  ledger.clear();
}

function clearResult() {
  result.clear();
  byhand.clear();
}

/** A part is gone or in trouble: end the check, and say which. The vault still holds what it held, and
 * the ledger what was sent.
 * @param {string} part @param {string} words */
function broken(part, words) {
  setChecking(false);
  clearResult();
  const held = vault.holds() ? "The vault still holds your secret key. " : "";
  showReport(ownFault(part, words, `${held}Press Check key again.`));
}

// --- What came of it ---

/** @param {Report} report @param {boolean} [rehearsed] */
function showReport(report, rehearsed = false) {
  const again = vault.holds() && transport?.workers.length ? checkAgain : null;
  result.show(report, again, rehearsed ? null : looked, rehearsed);
  if (report.whole) result.setMarkdown(written());
}

const checkAgain = () => checking || begin();

async function written() {
  const made = await python?.ask({ do: "markdown" }, readMarkdown).catch(hasFailed);
  return made?.markdown ?? "";
}

async function rehearse() {
  await load();
  if (!python || checking) return;
  clearAll();
  const mine = pressed;
  const question = /** @type {const} */ ({ do: "rehearse", name: scenario.value, now: Date.now() });
  const found = await ask(question, readRehearsal);
  if (!found || checking || mine !== pressed) return;
  for (const row of found.seen) ledger.addRehearsed(row);
  ledger.say("Rehearsed in memory: no connection was opened.");
  showReport(found.report, true);
}

// --- Withdraw by hand ---

/** @param {Report} report */
function offerByHand(report) {
  if (withdrawIsOpen(report) && withdraw.checked && vault.holds()) freshCommand();
}

function freshCommand() {
  if (checking || !result.isShown()) return;
  byhand.offer(checkedKey).catch(() => {
    byhand.clear();
    tellForgotten();
  });
}

async function readAnswer() {
  if (!python || checking) return;
  python.pressed();
  const mine = pressed;
  const found = await byhand.read(python, checkedKey).catch(hasFailed);
  if (!found || checking || mine !== pressed) return;
  if ("problem" in found) announce(found.problem);
  else settle(found.report);
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

// --- Forgetting ---

/** @param {boolean} [keepResult] */
function forgetAll(keepResult = false) {
  checkedKey = "";
  pressed += 1; // what is still awaited answers an earlier press
  fields.forgetBoth();
  fields.summarise([]);
  setChecking(false);
  if (!keepResult) clearAll();
}

/** Say so, when the vault has forgotten by itself. */
function tellForgotten() {
  if ($("held").hidden || vault.holds()) return;
  fields.showHeld();
  byhand.clear();
  result.takeBackAgain();
  announce(
    "The secret key was forgotten after ten minutes without use. Paste it again to check again.",
  );
}

// --- Wiring ---

function wire() {
  withdraw.checked = true; // Firefox would restore what it was before a reload
  for (const { name, title } of build.scenarios)
    scenario.append(element("option", { value: name }, title));
  loading.ready();
  /** @type {[string, string, (event: Event) => void][]} */
  const acts = [
    ["load", "click", load],
    ["stop-loading", "click", loading.stop],
    ["form", "submit", press],
    ["form", "focusin", ({ target }) => target === fields.apiKey && load()],
    ["form", "input", fields.showHeld],
    ["secret-area", "pointerdown", load],
    ["cancel", "click", cancel],
    ["forget", "click", forgetPressed],
    ["reveal", "click", fields.toggle],
    ["fresh", "click", freshCommand],
    ["read-answer", "click", readAnswer],
    ["rehearse", "click", rehearse],
  ];
  for (const [id, event, act] of acts) $(id).addEventListener(event, act);
  for (const copies of root.querySelectorAll("[data-copies]"))
    copies.addEventListener("click", copyCommand);
  addEventListener("error", ({ message }) => checking && broken("The page", message));
  addEventListener(
    "unhandledrejection",
    ({ reason }) => checking && broken("The page", String(reason)),
  );
  for (const event of ["pagehide", "pageshow"]) addEventListener(event, () => forgetAll());
  document.addEventListener("visibilitychange", tellForgotten);
  setInterval(tellForgotten, GLANCE);
}

function forgetPressed() {
  forgetAll();
  announce("The key is forgotten.");
}

/** @param {Event} event */
function copyCommand({ currentTarget }) {
  const shell = /** @type {HTMLElement} */ (currentTarget).dataset.copies ?? "";
  result.copy(byhand.commandFor(shell), "The command is on the clipboard.");
}

if (window.top === window.self) {
  wire();
} else {
  loading.close(
    "This page is shown inside another site, which could watch you type. Open it in a window of its own.",
  );
}
