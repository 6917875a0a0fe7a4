"""Writes theme/assets/fonts/inter.woff2: the part of Inter (variable) that the site's languages need.

Run by hand when Inter or the marks below change; the result is committed, so building the site
does not depend on it. 48 kB become 17 by keeping ASCII, Spanish, typographic marks and weights 400 to 700.
"""

import shutil
from pathlib import Path

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib.instancer import instantiateVariableFont  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "node_modules/@fontsource-variable/inter"
FONTS = ROOT / "theme/assets/fonts"
ASCII = "".join(map(chr, range(0x20, 0x7F)))
SPANISH = "ÁÉÍÓÚÜÑáéíóúüñ¿¡«»"
MARKS = "\N{NO-BREAK SPACE}£§©°±¶·×é–—‘’“”•…€™↑↓"  # noqa: RUF001


def main() -> None:
    font = TTFont(PACKAGE / "files/inter-latin-wght-normal.woff2", recalcTimestamp=False)
    options = Options(layout_features=["kern", "tnum"], hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(text=ASCII + SPANISH + MARKS)
    subsetter.subset(font)
    instantiateVariableFont(font, {"wght": (400, 700)}, inplace=True)
    font.flavor = "woff2"
    FONTS.mkdir(exist_ok=True)
    font.save(FONTS / "inter.woff2")
    shutil.copyfile(PACKAGE / "LICENSE", FONTS / "LICENSE.txt")


if __name__ == "__main__":
    main()
