/** Elements of the page: found, made, and the one region in which something is said aloud. */

/** @template {HTMLElement} T @param {string} id @returns {T} */
export const $ = (id) => /** @type {T} */ (document.getElementById(id));

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

/** @param {string} words @param {() => void} act */
export function button(words, act) {
  const made = element("button", { type: "button", class: "md-button" }, words);
  made.addEventListener("click", act);
  return made;
}

/** Say something aloud, politely. @param {string} words */
export function announce(words) {
  $("live").textContent = words;
}
