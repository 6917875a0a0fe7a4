/**
 * The view: what the reader presses, and which part is to do it; what comes back is shown.
 *
 * Rules of this room: nothing starts by itself and nothing is prefilled; address, history, storage
 * and other windows' messages are not read; the clipboard is written in a press of the reader, with what
 * is on the page by then. What is said aloud goes through one polite live region.
 */

import { readAdvice, readMarkdown, readRehearsal, readReport } from "./answers.js";
import { Python, PythonError } from "./ask.js";
import * as byhand from "./byhand.js";
import { Check } from "./check.js";
import * as fields from "./fields.js";
import * as ledger from "./ledger.js";
import { CANARY, SealError, seal } from "./seal.js";
import { Transport } from "./send.js";
import { element, ownFault, resultOf } from "./show.js";
import * as vault from "./vault.js";
import { after } from "./workers.js";

/** @import {Build, FromTransport, Question, Report} from "./messages.d.ts" */
/** @import {State} from "./ask.js" */

const SENDING = 12_000; // after a press, whatever part of that Python took to start
const LIMIT = 13_500; // by 12 s the transport ends a check, by 15 s it must have ended: a part is gone
const AT_ONCE = 1000; // later, a copy is no longer what the press was for
const GLANCE = 5000; // how often the page looks whether the vault has forgotten

/** @template {HTMLElement} T @param {string} id @returns {T} */
const $ = (id) => /** @type {T} */ (document.getElementById(id));

const root = $("checker");
/** @type {HTMLInputElement} */ const withdraw = $("withdraw");
/** @type {HTMLSelectElement} */ const scenario = $("scenario");
/** @type {HTMLProgressElement} */ const bar = $("seal-progress");
/** @type {Build} */ const build = JSON.parse($("build").textContent ?? "{}");

/** @type {Python | null} */ let python = null;
/** @type {Transport | null} */ let transport = null;
/** @type {AbortController | null} */ let loading = null;
/** @type {Promise<void> | null} */ let sealing = null;
/** @type {Check | null} */ let check = null;
/** @type {Report | null} */ let latest = null;
/** The latest report, as Python writes it. @type {Promise<string>} */ let markdown =
  Promise.resolve("");
let checkedKey = "";
let checking = false;
let pressed = 0; // which press a check is of
let began = 0; // when it was
let enough = () => {};

/** @param {string} words */
const announce = (words) => {
  $("live").textContent = words;
};

// --- Loading and sealing ---

/** @param {"open" | "sealing" | "sealed" | "failed"} state @param {string} words */
function setSeal(state, words) {
  root.dataset.seal = state;
  $("seal-words").textContent = words;
  const sealed = state === "sealed";
  for (const id of ["secret", "reveal", "check"]) $(id).toggleAttribute("disabled", !sealed);
  $("opens").hidden = sealed;
  $("load").hidden = sealed || state === "sealing";
  $("stop-loading").hidden = state !== "sealing";
  bar.hidden = state !== "sealing";
}

/** Load and seal, once however often it is asked for. */
function load() {
  if (python) return Promise.resolve();
  sealing ??= loadAndSeal().finally(() => {
    sealing = null;
  });
  return sealing;
}

async function loadAndSeal() {
  loading = new AbortController();
  setSeal("sealing", "Loading the checker …");
  try {
    expectMask();
    const { transports, files } = await seal(build.runtime, progress, loading.signal);
    expectMask();
    transport = new Transport(transports, heard, transportBroke);
    sealed(new Python(files, build.lock, showPython, unsealed));
  } catch (error) {
    failed(error);
  }
}

function expectMask() {
  if (fields.isMasked()) return;
  const words =
    "The page's style did not arrive, or this browser cannot mask a field, so your secret key";
  throw new SealError(
    `${words} would be readable while you type. Load this page again.`,
    "network",
  );
}

/** @param {number} loaded @param {number} total */
function progress(loaded, total) {
  bar.max = total;
  bar.value = loaded;
  const [done, all] = [loaded, total].map((bytes) => (bytes / 1e6).toFixed(1));
  $("seal-words").textContent = `Loading the checker: ${done} of ${all} MB …`;
}

/** @param {Python} made */
function sealed(made) {
  ledger.watch();
  const canary = $("canary");
  canary.dataset.canary = "refused";
  canary.hidden = false;
  canary.textContent = `As a proof, your browser has just refused this page a connection to ${CANARY}.`;
  setSeal(
    "sealed",
    "Sealed: of all fetches and sockets, your browser now lets this page make only those to api.hitbtc.com.",
  );
  announce("The page is sealed. You can paste the secret key now.");
  python = made;
  setTimeout(() => made.start()); // The field is open before Python takes the processor.
}

/** @param {unknown} error */
function failed(error) {
  const stopped = loading?.signal.aborted;
  const words =
    error instanceof SealError ? error.message : `The checker could not start: ${error}`;
  setSeal(
    stopped ? "open" : "failed",
    stopped ? "Loading was stopped. Nothing of yours was sent." : words,
  );
  $("wasm-off").hidden = Boolean(self.WebAssembly);
  announce($("seal-words").textContent ?? "");
}

/** The browser let Python reach somebody: whatever was said of the seal is not so. */
function unsealed() {
  forgetAll();
  $("canary").hidden = true;
  delete $("canary").dataset.canary;
  setSeal("failed", "The browser did not seal this page. All is forgotten: load it again.");
  $("load").hidden = true;
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
  if (number !== pressed || checking || !latest) return; // forgotten, or the next is under way
  $("ledger-words").textContent = ledger.compare(names);
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
  setSeal(
    "failed",
    "The part that talks with HitBTC ended. Load this page again; the key is forgotten.",
  );
  $("load").hidden = true;
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
  if (checking || root.dataset.seal !== "sealed") return;
  const key = fields.key();
  if (vault.holds() && fields.blank() && key === checkedKey) return begin();
  vault.forget();
  fields.showHeld();
  fields.reveal(false);
  setChecking(true);
  clearAll();
  checkedKey = key;
  const mine = pressed;
  const found = await ask({ do: "advise", ...fields.shapes() }, readAdvice);
  if (!found || !checking || mine !== pressed) return; // broken, or forgotten meanwhile
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
  $("ledger-words").textContent = "";
}

function clearResult() {
  $("result").hidden = true;
  $("result").replaceChildren();
  byhand.clear();
  latest = null;
  $("live").classList.remove("kc-unseen-text");
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
  latest = report;
  const question = rehearsed ? [] : lookAtWithdraw(report);
  $("result").replaceChildren(...resultOf(report, rehearsed, question, actions(report)));
  $("result").hidden = false;
  announce(""); // the headline takes the focus, and is read by that
  $("verdict-title").focus({ preventScroll: true });
  $("verdict-title").scrollIntoView({ block: "start" });
  if (report.whole) markdown = written();
}

/** Ready before the reader asks for it, so that a press copies at once. */
async function written() {
  const made = await python?.ask({ do: "markdown" }, readMarkdown).catch(hasFailed);
  return made?.markdown ?? "";
}

/** What the reader can see at HitBTC, where no answer of HitBTC's told it. @param {Report} report */
function lookAtWithdraw(report) {
  const said = report.rights.some(({ confirmed_by_you }) => confirmed_by_you);
  if (!said && !withdrawIsOpen(report)) return [];
  const words = said
    ? "You told what you see on HitBTC. To change it:"
    : "On HitBTC, is Withdraw cryptocurrencies off? Look under Settings, API, your key.";
  const buttons = [
    button("I see that it is off", () => looked(false), said ? "" : "md-button--primary"),
    button("I see that it is on", () => looked(true)),
  ];
  const group = { class: "kc-look", role: "group", "aria-labelledby": "look-words" };
  const asked = element("p", { id: "look-words" }, words);
  return [element("div", group, asked, element("p", { class: "kc-buttons" }, ...buttons))];
}

/** @param {Report} report */
function actions({ whole }) {
  const offered = [];
  if (vault.holds() && transport?.workers.length) {
    offered.push(button("Check again", () => checking || begin()));
  }
  if (whole) {
    offered.push(button("Copy report", copyReport), button("Save report as JSON", save));
  }
  return element("p", { class: "kc-buttons" }, ...offered);
}

/** @param {string} words @param {() => void} act @param {string} [kind] */
function button(words, act, kind = "") {
  const made = element("button", { type: "button", class: `md-button ${kind}`.trim() }, words);
  made.addEventListener("click", act);
  return made;
}

async function copyReport() {
  const asked = performance.now();
  const text = (await markdown).replace(/[^\P{C}\n]/gu, "");
  if (text && performance.now() - asked < AT_ONCE) copy(text, "The report is on the clipboard.");
  else announce("The report is not written yet: press once more.");
}

/** @param {string} text @param {string} done */
async function copy(text, done) {
  await navigator.clipboard.writeText(text).then(
    () => announce(done),
    () => announce("The browser did not allow copying: select the text and copy it."),
  );
}

function save() {
  const href = URL.createObjectURL(new Blob([latest?.whole ?? ""], { type: "application/json" }));
  element("a", { href, download: "hitbtc-key-report.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
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
  $("ledger-words").textContent = "Rehearsed in memory: no connection was opened.";
  showReport(found.report, true);
}

// --- Withdraw by hand ---

/** Whether the key works, and nobody has told whether it can withdraw. @param {Report} report */
function withdrawIsOpen({ rights }) {
  const is = (/** @type {string} */ name, /** @type {string} */ state) =>
    rights.some((row) => row.right === name && row.state === state && !row.confirmed_by_you);
  return is("withdraw", "could-not-tell") && is("status", "as-required");
}

/** @param {Report} report */
function offerByHand(report) {
  if (withdrawIsOpen(report) && withdraw.checked && vault.holds()) freshCommand();
}

function freshCommand() {
  if (checking || !latest) return;
  byhand.offer(checkedKey).catch(() => {
    byhand.clear();
    tellForgotten();
  });
}

async function readAnswer() {
  if (!python || checking) return;
  python.pressed();
  const found = await byhand.read(python, checkedKey).catch(hasFailed);
  if (!found || checking) return;
  if ("problem" in found) announce(found.problem);
  else settle(found.report);
}

/** @param {boolean} on */
async function looked(on) {
  const found = await ask({ do: "look", on }, readReport);
  if (found && !checking) settle(found.report);
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
  fields.forgetBoth();
  setChecking(false);
  if (!keepResult) clearAll();
}

/** Say so, when the vault has forgotten by itself. */
function tellForgotten() {
  if ($("held").hidden || vault.holds()) return;
  fields.showHeld();
  byhand.clear();
  for (const again of $("result").querySelectorAll(".kc-buttons button:first-child")) {
    if (again.textContent === "Check again") again.remove();
  }
  $("live").classList.remove("kc-unseen-text");
  announce(
    "The secret key was forgotten after ten minutes without use. Paste it again to check again.",
  );
}

// --- Wiring ---

function wire() {
  withdraw.checked = true; // Firefox would restore what it was before a reload
  for (const { name, title } of build.scenarios)
    scenario.append(element("option", { value: name }, title));
  setSeal("open", "The form is closed until the checker is loaded and this page is sealed.");
  $("load").removeAttribute("disabled");
  /** @type {[string, string, (event: Event) => void][]} */
  const acts = [
    ["load", "click", load],
    ["stop-loading", "click", () => loading?.abort()],
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
  copy(byhand.commandFor(shell), "The command is on the clipboard.");
}

if (window.top === window.self) {
  wire();
} else {
  setSeal(
    "failed",
    "This page is shown inside another site, which could watch you type. Open it in a window of its own.",
  );
  $("load").hidden = true;
}
