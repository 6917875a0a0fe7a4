/**
 * Withdraw by hand: the command for the reader's own terminal, and the answer that comes back from there.
 *
 * Rules of this room: the command is made here, from the template and the vault; the id in it is the
 * vault's newest, and only the answer to that one counts. Python gets the answer without the key.
 */

import { readPasted } from "./answers.js";
import { commands, withoutKey } from "./command.js";
import { $ } from "./dom.js";
import { empty } from "./fields.js";
import * as vault from "./vault.js";
import { say } from "./words.js";

/** @import {Report} from "./messages.d.ts" */
/** @import {Python} from "./ask.js" */

const root = $("by-hand");
/** @type {HTMLTextAreaElement} */ const answer = $("answer");
const HINT = $("answer-words").textContent;

let awaited = ""; // the id in the command that is shown
let expires = 0;
let newest = 0;

export const isOffered = () => !root.hidden;

export function clear() {
  root.hidden = true;
  newest += 1;
  awaited = "";
  expires = 0;
  empty(answer);
  answer.removeAttribute("aria-invalid");
  $("answer-words").textContent = "";
  $("copied").textContent = "";
  $("countdown").textContent = "";
  for (const code of root.querySelectorAll("[data-command]")) code.textContent = "";
}

/** The reader's own system comes first. @param {string} platform as the browser names it */
export function order(platform) {
  const own = platform.startsWith("Win") ? "windows" : "curl";
  const first = root.querySelector(`[data-shell="${own}"]`);
  if (first) $("shells").prepend(first);
}

/** Show a new command for each shell and return them, or null where something came in between; an
 * earlier one's answer counts no longer. Its time is counted before the reader's eyes from when they
 * ask for it.
 * @param {string} key @param {boolean} counted */
export async function offer(key, counted) {
  root.hidden = false;
  $("answer-words").textContent = HINT;
  $("copied").textContent = "";
  newest += 1;
  const mine = newest;
  vault.open({ logins: 0, rollbacks: 1 });
  const signed = await vault.rollback();
  if (mine !== newest) return null; // forgotten, another check or another command meanwhile
  const made = commands(key, signed);
  for (const shell of /** @type {const} */ (["curl", "windows"])) {
    const place = root.querySelector(`[data-command="${shell}"]`);
    if (place) place.textContent = made[shell];
  }
  awaited = signed.id;
  expires = counted ? signed.timestamp + signed.window : 0;
  tick(mine);
  return made;
}

/** @param {number} mine the command whose time is counted */
function tick(mine) {
  if (mine !== newest) return;
  const seconds = Math.ceil((expires - Date.now()) / 1000);
  const words = seconds > 0 ? say("page.valid_for", { seconds }) : say("page.expired");
  $("countdown").textContent = expires ? words : "";
  if (expires && seconds > 0) setTimeout(tick, 1000, mine);
}

/** Have the pasted answer read. Returns what is wrong with it, or the report.
 * @param {Python} python @param {string} key @returns {Promise<{problem: string} | {report: Report}>} */
export async function read(python, key) {
  const text = withoutKey(answer.value, key);
  const now = Date.now();
  const { problem, report } = await python.ask({ do: "paste", text, awaited, now }, readPasted);
  $("answer-words").textContent = problem?.text ?? "";
  if (problem) answer.setAttribute("aria-invalid", "true");
  else answer.removeAttribute("aria-invalid");
  return problem ? { problem: problem.text } : { report };
}
