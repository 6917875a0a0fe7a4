/**
 * The view: what the reader presses, and which part is to do it; and how the parts are.
 *
 * Rules of this room: nothing starts by itself and nothing is prefilled; address, history, storage
 * and other windows' messages are not read.
 */

import { Python } from "./ask.js";
import * as byhand from "./byhand.js";
import { $, announce, build, element, keepingFocus } from "./dom.js";
import * as fields from "./fields.js";
import * as ledger from "./ledger.js";
import * as loading from "./loading.js";
import { Transport } from "./send.js";
import * as session from "./session.js";
import { say } from "./words.js";

/** @import {State} from "./ask.js" */

const GLANCE = 5000; // how often the page looks whether the vault has forgotten

const root = $("checker");
/** @type {HTMLSelectElement} */ const scenario = $("scenario");

// --- Loading and sealing ---

const load = () => loading.load(build.runtime, sealed);

/** @param {import("./loading.js").Parts} parts */
function sealed({ transports, files }) {
  ledger.watch();
  const transport = new Transport(transports, session.heard, transportBroke);
  const python = new Python(files, build.lock, showPython, unsealed);
  session.use(python, transport);
  setTimeout(() => python.start()); // The field is open before Python takes the processor.
}

/** The browser let Python reach somebody: whatever was said of the seal is not so. */
function unsealed() {
  session.forgetAll();
  loading.close(say("page.not_sealed_forgotten"));
}

// --- How the parts are ---

/** @type {Record<State, string>} */
const PYTHON_IS = {
  waiting: "",
  starting: "page.python_starts",
  ready: "page.python_ready",
  failed: "page.python_ended",
};

/** @param {State} state @param {string} why it ended */
function showPython(state, why) {
  root.dataset.python = state;
  const place = $("python-words");
  place.textContent = say(PYTHON_IS[state], { why });
  place.hidden = false;
  if (state === "ready") place.dataset.pythonCanary = "refused";
  else delete place.dataset.pythonCanary;
  if (state === "failed") session.pythonEnded(why);
}

/** @param {string} why @param {number} left how many transports there are still */
function transportBroke(why, left) {
  if (left) {
    if (session.isChecking()) session.broken("page.part_transport", why);
    return;
  }
  session.forgetAll(true);
  session.broken("page.part_transport", why);
  loading.close(say("page.transport_gone"));
}

// --- Wiring ---

function wire() {
  /** @type {HTMLInputElement} */ ($("withdraw")).checked = true; // Firefox would restore what it was
  for (const { name, title } of build.scenarios)
    scenario.append(element("option", { value: name }, title));
  byhand.order(navigator.platform);
  loading.ready();
  /** @type {[string, string, (event: Event) => void][]} */
  const acts = [
    ["load", "click", load],
    ["stop-loading", "click", loading.stop],
    ["form", "submit", session.press],
    ["form", "focusin", ({ target }) => target === fields.apiKey && load()],
    ["form", "input", fields.showHeld],
    ["secret-area", "pointerdown", load],
    ["cancel", "click", session.cancel],
    ["forget", "click", forget],
    ["reveal", "click", fields.toggle],
    ["fresh", "click", () => session.offerCommand(true)],
    ["read-answer", "click", session.readAnswer],
    ["rehearse", "click", rehearse],
  ];
  for (const [id, event, act] of acts) $(id).addEventListener(event, act);
  for (const one of root.querySelectorAll("[data-copies]"))
    one.addEventListener("click", () =>
      session.copyCommand(one.getAttribute("data-copies") === "windows" ? "windows" : "curl"),
    );
  addEventListener("error", ({ message }) => thrown(message));
  addEventListener("unhandledrejection", ({ reason }) => thrown(String(reason)));
  for (const event of ["pagehide", "pageshow"]) addEventListener(event, () => session.forgetAll());
  document.addEventListener("visibilitychange", session.tellForgotten);
  setInterval(session.tellForgotten, GLANCE);
}

async function rehearse() {
  await load();
  session.rehearse(scenario.value);
}

function forget() {
  keepingFocus(session.forgetAll, () => fields.apiKey);
  announce(say("page.forgotten"));
}

/** @param {string} why */
const thrown = (why) => session.isChecking() && session.broken("page.part_page", why);

if (window.top === window.self) {
  wire();
} else {
  loading.close(say("page.framed"));
}
