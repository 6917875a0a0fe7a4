/**
 * The view: what the reader sees and presses. It hands the secret's field to the vault, passes
 * messages between vault and worker, and shows what comes back as text, never as markup.
 *
 * Rules of this room: nothing starts by itself and nothing is prefilled; address, history, storage
 * and other windows' messages are not read. What is said aloud goes through one polite live region.
 */

import { clean, readPair } from "./paste.js";
import { CANARY, fetchRuntime, HOME, narrow, SealError, startSealed } from "./seal.js";
import { compare, element, resultOf, rowOf } from "./show.js";
import * as vault from "./vault.js";

const LIMIT = 13_500; // by 12 s the worker ends a check, by 15 s it must have ended: it is gone
const LAST = 1000; // of it: what the worker of a tab that slept past the rest has left to report in

/** @typedef {Record<string, any>} Data */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const $ = (id) => /** @type {T} */ (document.getElementById(id));

const root = $("checker");
/** @type {HTMLInputElement} */ const apiKey = $("api-key");
/** @type {HTMLInputElement} */ const secret = $("secret");
/** @type {HTMLInputElement} */ const withdraw = $("withdraw");
/** @type {HTMLSelectElement} */ const scenario = $("scenario");
/** @type {HTMLTextAreaElement} */ const answer = $("answer");
/** @type {HTMLProgressElement} */ const bar = $("seal-progress");
const build = JSON.parse($("build").textContent ?? "{}");

/** What the site is above this page: links in a report are paths from there. */
const SITE = new URL("..", HOME);

/** @type {import("./seal.js").Runtime | null} */ let runtime = null;
/** @type {Worker | null} */ let worker = null;
/** @type {AbortController | null} */ let loading = null;
/** @type {Promise<void> | null} */ let sealing = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let limit;
/** @type {ReturnType<typeof setTimeout> | undefined} */ let silence;
let checkedKey = "";
let checking = false;
let pressed = 0; // which press a report answers
let expires = 0;
let sealedAt = 0;
/** @type {Data} */ let latest = {};

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
  $("stop-loading").hidden = state !== "sealing" || runtime !== null;
  bar.hidden = state !== "sealing";
}

/** Load and seal, once however often it is asked for. */
function load() {
  if (worker) return Promise.resolve();
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
    if (!runtime) {
      runtime = await fetchRuntime(build.runtime, progress, loading.signal);
      narrow();
      sealedAt = performance.now();
    }
    setSeal("sealing", "Starting Python, and sealing the page …");
    bar.removeAttribute("value");
    const started = await startSealed(runtime, build.lock);
    expectMask();
    adopt(started);
  } catch (error) {
    failed(error);
  }
}

/** The mask is the style's doing: where the style did not arrive, nobody may type a secret. */
function expectMask() {
  const mask = getComputedStyle(secret).getPropertyValue("-webkit-text-security");
  if (mask === "disc") return;
  const words =
    "The page's style did not arrive, or this browser cannot mask a field, so your secret";
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

/** @param {Worker} started */
function adopt(started) {
  worker = started;
  worker.addEventListener("message", ({ data }) => {
    clearTimeout(silence);
    HEARS[data.say]?.(data);
  });
  worker.addEventListener("error", () => broken("the worker stopped"));
  const canary = $("canary");
  canary.dataset.canary = "refused";
  canary.hidden = false;
  canary.textContent = `As a proof, it has just refused this page a connection to ${CANARY}.`;
  setSeal(
    "sealed",
    "Sealed: your browser now lets this page reach api.hitbtc.com and nothing else.",
  );
  announce("The page is sealed. You can paste the secret now.");
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

// --- A check ---

/** @param {Event} event */
function press(event) {
  event.preventDefault();
  if (checking || !worker) return;
  const key = clean(apiKey.value);
  const again = vault.holds() && secret.validity.valueMissing && key === checkedKey;
  if (again) return begin();
  vault.forget();
  mask();
  setChecking(true);
  clearResult();
  checkedKey = key;
  worker.postMessage({ do: "advise", ...vault.look(secret, read) });
}

/** @param {string} text */
const read = (text) => readPair(apiKey.value, text);

/** The vault takes the secret only when nothing stops the check: till then it can be put right.
 * @param {Data} said */
async function advised({ advice }) {
  if (!checking) return;
  const stops = advice.filter((/** @type {Data} */ item) => item.stops);
  summarise(stops);
  if (stops.length) setChecking(false);
  else await vault.take(secret, read);
  if (!checking) vault.forget(); // stopped, or forgotten meanwhile
  showHeld();
  if (checking) begin();
}

function showHeld() {
  // Whether anything is typed, told by the browser: nobody but the vault reads the secret.
  const typed = ![apiKey, secret].every((field) => field.matches(":placeholder-shown"));
  $("held").hidden = !vault.holds();
  $("forget").toggleAttribute("disabled", !(vault.holds() || typed));
}

/** @param {Data[]} problems */
function summarise(problems) {
  const summary = $("summary");
  summary.hidden = problems.length === 0;
  $("summary-list").replaceChildren(
    ...problems.map(({ field, text }) => {
      const target = field === "API key" ? apiKey : secret;
      target.setAttribute("aria-invalid", "true");
      const anchor = element("a", { href: `#${target.id}` }, text);
      anchor.addEventListener("click", () => target.focus());
      return element("li", {}, anchor);
    }),
  );
  if (problems.length) summary.focus();
  else for (const field of [apiKey, secret]) field.removeAttribute("aria-invalid");
}

function begin() {
  if (!worker) return;
  setChecking(true);
  clearResult();
  announce("Checking …");
  $("cancel").hidden = false;
  worker.postMessage({
    do: "check",
    api_key: checkedKey,
    withdraw: withdraw.checked,
    check: pressed,
  });
}

/** @param {boolean} on */
function setChecking(on) {
  if (!on) clearTimeout(limit);
  else if (!checking) {
    pressed += 1;
    limit = setTimeout(() => {
      limit = setTimeout(gone, LAST);
    }, LIMIT - LAST);
  }
  checking = on;
  $("cancel").hidden = true;
  $("check").setAttribute("aria-disabled", String(on));
}

const gone = () => broken("no answer from the worker");

/** Ask for what a worker that is alive answers at once. @param {Data} message */
function ask(message) {
  worker?.postMessage(message);
  clearTimeout(silence);
  silence = setTimeout(gone, LIMIT);
}

function clearResult() {
  $("result").hidden = true;
  $("result").replaceChildren();
  $("by-hand").hidden = true;
  $("ledger").replaceChildren();
  latest = {};
  $("ledger-words").textContent = "";
  $("live").classList.remove("kc-unseen-text");
  for (const code of root.querySelectorAll("[data-command]")) code.textContent = "";
  answer.value = "";
  expires = 0;
}

/** The worker is gone or in trouble: say so, and start a new one from what was already checked.
 * @param {string} details */
function broken(details) {
  worker?.terminate();
  worker = null;
  clearTimeout(silence);
  setChecking(false);
  clearResult();
  showReport({
    verdict: "undecided",
    fault: "ours",
    whose_doing: "This checker",
    sentence: "The checker itself failed, so nothing can be said of the key.",
    bitsgap_status: "",
    next_steps: [
      {
        text: "Press Check key again once the page is sealed again.",
        link: "troubleshooting/#checker-stays-closed",
      },
    ],
    notes: [details],
    rights: {},
    cannot_be_seen: [],
  });
  load();
}

/** @type {Record<string, (data: Data) => void>} */
const HEARS = {
  sign: async ({ id, message }) => {
    const signature = await vault.sign(message).catch(() => "");
    if (signature) worker?.postMessage({ do: "signature", id, signature });
    else if (vault.holds()) broken("the vault refused to sign");
  },
  advice: advised,
  ledger: ({ row }) => rowOf($("ledger"), row),
  progress: ({ progress: [done, all] }) =>
    checking && announce(`Checking: ${done} of ${all} answered.`),
  report: ({ check, report }) => {
    if (!checking || check !== pressed) return; // forgotten meanwhile
    setChecking(false);
    showReport(report);
    offerByHand(report);
  },
  noted: ({ check, names }) => {
    if (check !== pressed || !latest.checked_at) return; // forgotten, or the next is under way
    $("ledger-words").textContent = compare($("ledger"), names, sealedAt);
  },
  rehearsed: ({ seen, report }) => {
    if (checking) return;
    for (const row of seen) rowOf($("ledger"), { ...row, rehearsed: true, at: Date.now() });
    $("ledger-words").textContent = "Rehearsed in memory: no connection was opened.";
    showReport(report, true);
  },
  command: showCommand,
  read: ({ problem, report }) => (problem ? showProblem(problem) : settle(report)),
  looked: ({ report }) => settle(report),
  markdown: async ({ markdown }) => {
    await navigator.clipboard.writeText(markdown).then(
      () => announce("The report is on the clipboard."),
      () => announce("The browser did not allow copying."),
    );
  },
  broken: ({ words }) => broken(words),
};

// --- What came of it ---

/** @param {Data} report @param {boolean} [rehearsed] */
function showReport(report, rehearsed = false) {
  latest = report;
  $("result").replaceChildren(...resultOf(report, SITE, rehearsed), actions());
  $("result").hidden = false;
  $("live").classList.add("kc-unseen-text");
  announce(report.sentence);
  $("result").focus({ preventScroll: true });
  $("result").scrollIntoView({ block: "nearest" });
}

function actions() {
  const offered = [];
  if (vault.holds() && worker) offered.push(button("Check again", () => checking || begin()));
  if (latest.checked_at) {
    offered.push(button("Copy report", () => ask({ do: "markdown" })));
    offered.push(button("Save report as JSON", save));
  }
  return element("p", { class: "kc-buttons" }, ...offered);
}

/** @param {string} words @param {() => void} act */
function button(words, act) {
  const made = element("button", { type: "button", class: "md-button" }, words);
  made.addEventListener("click", act);
  return made;
}

function save() {
  const text = JSON.stringify(latest, null, 2);
  const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  element("a", { href, download: "hitbtc-key-report.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

// --- Withdraw by hand ---

/** @param {Data} report */
function offerByHand({ rights }) {
  const open =
    rights.withdraw?.state === "could-not-tell" && rights.status?.state === "as-required";
  if (open && withdraw.checked && vault.holds()) {
    $("by-hand").hidden = false;
    freshCommand();
  }
}

const freshCommand = () => ask({ do: "command" });

/** @param {Data} commands */
function showCommand(commands) {
  for (const code of root.querySelectorAll("[data-command]")) {
    code.textContent = commands[/** @type {HTMLElement} */ (code).dataset.command ?? ""];
  }
  expires = commands.expires;
  tick();
}

function tick() {
  const seconds = Math.ceil((expires - Date.now()) / 1000);
  const words = seconds > 0 ? `Good for ${seconds} s more.` : "Expired: press Fresh command.";
  $("countdown").textContent = expires ? words : "";
  if (expires && seconds > 0) setTimeout(tick, 1000);
}

/** @param {Data} problem */
function showProblem({ text }) {
  $("answer-words").textContent = text;
  answer.setAttribute("aria-invalid", "true");
  announce(text);
}

/** @param {Data} report */
function settle(report) {
  $("answer-words").textContent = "";
  answer.removeAttribute("aria-invalid");
  showReport(report);
  $("by-hand").hidden = report.rights.withdraw.state !== "could-not-tell";
}

// --- Forgetting ---

const mask = () => reveal(false);

/** @param {boolean} shown */
function reveal(shown) {
  secret.classList.toggle("kc-masked", !shown);
  $("reveal").setAttribute("aria-pressed", String(shown));
  $("reveal").textContent = shown ? "Hide" : "Show";
}

function forget() {
  vault.forget();
  mask();
  secret.value = "";
  checkedKey = "";
  if (checking) worker?.postMessage({ do: "cancel" });
  setChecking(false);
  clearResult();
  showHeld();
}

function forgetAll() {
  apiKey.value = "";
  forget();
}

// --- Wiring ---

function wire() {
  withdraw.checked = true; // Firefox would restore what it was before a reload
  for (const { name, title } of build.scenarios)
    scenario.append(element("option", { value: name }, title));
  setSeal("open", "The form is closed until the checker is loaded and this page is sealed.");
  $("load").removeAttribute("disabled");
  $("load").addEventListener("click", load);
  $("stop-loading").addEventListener("click", () => loading?.abort());
  $("form").addEventListener("submit", press);
  $("form").addEventListener("focusin", ({ target }) => target === apiKey && load());
  $("secret-area").addEventListener("pointerdown", load);
  $("cancel").addEventListener("click", () => worker?.postMessage({ do: "cancel" }));
  $("forget").addEventListener("click", () => {
    forgetAll();
    announce("The key is forgotten.");
  });
  $("reveal").addEventListener("click", () => reveal(secret.classList.contains("kc-masked")));
  $("fresh").addEventListener("click", freshCommand);
  $("read-answer").addEventListener("click", () => ask({ do: "paste", text: answer.value }));
  $("looked-off").addEventListener("click", () => ask({ do: "look", on: false }));
  $("looked-on").addEventListener("click", () => ask({ do: "look", on: true }));
  $("rehearse").addEventListener("click", rehearse);
  for (const button of root.querySelectorAll("[data-copies]"))
    button.addEventListener("click", copyCommand);
  for (const field of [apiKey, secret]) field.addEventListener("input", showHeld);
  addEventListener("error", ({ message }) => checking && broken(message));
  addEventListener("unhandledrejection", ({ reason }) => checking && broken(String(reason)));
  addEventListener("pagehide", forgetAll);
  addEventListener("pageshow", forgetAll);
}

/** @param {Event} event */
function copyCommand({ currentTarget }) {
  const shell = /** @type {HTMLElement} */ (currentTarget).dataset.copies;
  navigator.clipboard
    .writeText(root.querySelector(`[data-command="${shell}"]`)?.textContent ?? "")
    .then(
      () => announce("The command is on the clipboard."),
      () => announce("The browser did not allow copying: select the command and copy it."),
    );
}

async function rehearse() {
  await load();
  if (!worker || checking) return;
  clearResult();
  ask({ do: "rehearse", name: scenario.value });
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
