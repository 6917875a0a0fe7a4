/**
 * The two fields: what is typed is masked, judged by its shape, and forgotten.
 *
 * Rules of this room: nothing is prefilled. The secret's text is read by the vault alone; whether there
 * is any, the browser tells. Its field opens only where the mask is seen in force.
 */

import { $, element } from "./dom.js";
import { clean, readPair } from "./paste.js";
import * as vault from "./vault.js";
import { say } from "./words.js";

/** @import {Advice, Shape} from "./messages.d.ts" */

/** @type {HTMLInputElement} */
export const apiKey = $("api-key");
/** @type {HTMLInputElement} */
const secret = $("secret");

const SHOW = $("reveal").textContent;

/** The API key as it is sent. */
export const key = () => clean(apiKey.value);

/** Whether nothing stands in the secret's field. */
export const blank = () => secret.matches(":placeholder-shown");

/** @param {string} text */
const read = (text) => readPair(apiKey.value, text);

/** What may be known of both texts, of which nothing is taken. @returns {{key: Shape, secret: Shape}} */
export const shapes = () => vault.look(secret, read);

export async function take() {
  const taken = vault.take(secret, read);
  empty(secret);
  await taken;
  showHeld();
}

/** The mask is the style's doing: where the style did not arrive, nobody may type a secret. */
export const isMasked = () =>
  getComputedStyle(secret).getPropertyValue("-webkit-text-security") === "disc";

/** @param {boolean} shown */
export function reveal(shown) {
  secret.classList.toggle("kc-masked", !shown);
  $("reveal").setAttribute("aria-pressed", String(shown));
  $("reveal").textContent = shown ? say("page.hide") : SHOW;
}

export const toggle = () => reveal(secret.classList.contains("kc-masked"));

export function showHeld() {
  const held = vault.holds();
  const typed = !blank() || !apiKey.matches(":placeholder-shown");
  $("held").hidden = !held;
  $("forget").toggleAttribute("disabled", !(held || typed));
}

/** Empty a field so that no undo brings its text back: Chromium keeps that for as long as the field
 * stays in the document. @param {HTMLInputElement | HTMLTextAreaElement} field */
export function empty(field) {
  const focused = document.activeElement === field;
  const { parentNode, nextSibling } = field;
  field.value = "";
  field.remove();
  parentNode?.insertBefore(field, nextSibling);
  if (focused) field.focus();
}

/** The vault forgets the secret, and the field holds none. */
export function forgetSecret() {
  vault.forget();
  reveal(false);
  empty(secret);
  showHeld();
}

export function forgetBoth() {
  empty(apiKey);
  forgetSecret();
}

/** Say before the form what stops a check. @param {Advice[]} problems */
export function summarise(problems) {
  const summary = $("summary");
  summary.hidden = problems.length === 0;
  for (const field of [apiKey, secret]) field.removeAttribute("aria-invalid");
  $("summary-list").replaceChildren(...problems.map(problemOf));
  if (problems.length) summary.focus();
}

/** @param {Advice} problem */
function problemOf({ field, text }) {
  const target = field === "API key" ? apiKey : secret;
  target.setAttribute("aria-invalid", "true");
  const anchor = element("a", { href: `#${target.id}` }, text);
  anchor.addEventListener("click", () => target.focus());
  return element("li", {}, anchor);
}
