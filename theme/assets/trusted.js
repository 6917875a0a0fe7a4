// The theme writes search results and tooltips as HTML and starts its search worker by address, so the
// policy's Trusted Types need a default. It is a tripwire, not the barrier: the barrier is that only
// this site's files and three known inline scripts may run. The checker's page does not load this.
"use strict";
if (window.trustedTypes) {
  const own = (/** @type {string} */ address) =>
    new URL(address, document.baseURI).origin === location.origin ? address : null;
  window.trustedTypes.createPolicy("default", {
    createHTML: (html) => html,
    // null refuses, which the types do not know.
    createScriptURL: /** @type {(address: string) => string} */ (own),
  });
}
// For each alternate that it finds, the theme would fetch a map of that language and lead links by it.
// Ours are plain links; with a blank the word means the same to all who read it as HTML says.
for (const link of document.querySelectorAll("link[rel=alternate]"))
  link.setAttribute("rel", " alternate");
