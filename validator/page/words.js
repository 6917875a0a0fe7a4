/**
 * The words: every sentence that the page's scripts say, by its name.
 *
 * The build puts those of the page's language into the document, from words/<language>.json. A test
 * looks for names that are not there, for such as nobody uses, and for other places than are filled.
 */

/** @type {Record<string, string>} */
const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

/** A sentence, as text, with its places filled. @param {string} id @param {Record<string, string | number>} [values] */
export const say = (id, values = {}) =>
  (words[id] ?? id).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
