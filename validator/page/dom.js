/** Elements of the page: found, made, and the one region in which something is said aloud. */

/** @import {Build} from "./messages.d.ts" */

/** @template {HTMLElement} T @param {string} id @returns {T} */
export const $ = (id) => /** @type {T} */ (document.getElementById(id));

/** What the build put into the page. @type {Build} */
export const build = JSON.parse($("build").textContent ?? "{}");

/**
 * An element with attributes and children; a string child is text, never markup.
 * @param {string} tag @param {Record<string, string>} [attributes] @param {(Node | string)[]} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** @param {string} words @param {() => void} act @param {string} [more] classes besides */
export function button(words, act, more = "") {
  const made = element("button", { type: "button", class: `md-button ${more}`.trim() }, words);
  made.addEventListener("click", act);
  return made;
}

/**
 * Do what may hide, disable or remove the element that has the focus: the focus then goes to another
 * and never falls to the body, where a keyboard's reader would begin anew.
 * @param {() => void} act @param {() => HTMLElement} next
 */
export function keepingFocus(act, next) {
  const { activeElement } = document;
  act();
  if (!activeElement || activeElement === document.body) return;
  const seen = activeElement.isConnected && activeElement.getClientRects().length > 0;
  if (!seen || activeElement.matches(":disabled")) next().focus();
}

/** Say something aloud, politely. @param {string} words @param {boolean} [seen] not where they stand elsewhere */
export function announce(words, seen = true) {
  $("live").classList.toggle("kc-unseen", !seen);
  $("live").textContent = words;
}

/** Say something aloud, and show it at `place`; in the form, where that is not shown any more.
 * @param {HTMLElement} place @param {string} words */
export function announceNear(place, words) {
  place.textContent = words;
  place.scrollIntoView({ block: "nearest" });
  announce(words, place.getClientRects().length === 0);
}
