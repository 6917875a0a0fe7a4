// The checker's page follows the reader's colours: the choice made on the rest of the site, which the
// theme keeps in this origin's storage (only read here), and otherwise the system's.
"use strict";
{
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const base = new URL(
    "..",
    /** @type {HTMLScriptElement} */ (document.currentScript).src || document.baseURI,
  ).pathname;

  const chosen = () => {
    try {
      const { media, scheme } = JSON.parse(localStorage.getItem(`${base}.__palette`) ?? "").color;
      return media === "(prefers-color-scheme)" ? null : scheme;
    } catch {
      return null; // Nothing was chosen, or storage is closed to this page.
    }
  };

  const apply = () => {
    document.body.dataset.mdColorScheme = chosen() ?? (dark.matches ? "slate" : "default");
  };
  dark.addEventListener("change", apply);
  apply();
}
