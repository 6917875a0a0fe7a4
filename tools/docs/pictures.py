"""Draws the guide's pictures: `python -m tools.docs.pictures` writes docs/en/assets/pictures/*.svg.

Rules of this room: drawings, never screenshots; no logo and no brand's colour. What HitBTC's form
says and how each setting must be comes from the core's `rights`. A circle marks something to click
or to fill in, a filled square something to look at, an outlined one is a check box of the form; the
number is that of the step in the text beside the picture. One file serves both schemes. A test
compares the committed files with this module.
"""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path

from hitbtc_keycheck.rights import BOXES, Box, Right, Wanted
from hitbtc_keycheck.words import Message, load

FOLDER = Path("docs/en/assets/pictures")
WIDTH = 400
ENLARGED = 1.2
"""How much larger than drawn a picture shows where there is room for it."""

STYLE = """
text{font:15px system-ui,sans-serif;fill:#221f24}
.small{font-size:13px}.dim{fill:#605a64}.bold{font-weight:650}.mono{font-family:monospace}
.mid{text-anchor:middle}.end{text-anchor:end}
.page{fill:#fff;stroke:#857d8a}.bar{fill:#f3f0ea;stroke:#857d8a}.field{fill:#fbfaf7;stroke:#857d8a}
.ghost{fill:#e2ddd5}.ink{fill:#221f24}.rule{fill:none;stroke:#e2ddd5}.line{fill:none;stroke:#221f24;stroke-width:2}
.mark{fill:#6a2c5f}text.on{fill:#fff;font-weight:650;text-anchor:middle}
@media(prefers-color-scheme:dark){
text{fill:#ebe7ee}.dim{fill:#b1a9b8}
.page{fill:#1f1c23;stroke:#857c8e}.bar{fill:#2c2832;stroke:#857c8e}.field{fill:#26222b;stroke:#857c8e}
.ghost{fill:#4a4452}.ink{fill:#ebe7ee}.rule{stroke:#37323e}.line{stroke:#ebe7ee}
.mark{fill:#e3abd7}text.on{fill:#2b1226}
}
"""
"""Each colour is one of theme/assets/site.css: a file of its own cannot read them from there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A drawing `WIDTH` units wide: its height, its title and the shapes in it."""

    height: int
    title: str
    shapes: tuple[str, ...]

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height to give in the page, in CSS pixels."""
        return round(WIDTH * ENLARGED), round(self.height * ENLARGED)

    def svg(self) -> str:
        """Return the file's text."""
        width, height = self.shown
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {self.height}" role="img" aria-labelledby="t">\n'
            f'<title id="t">{escape(self.title)}</title>\n<style>{STYLE}</style>\n'
        )
        return head + "\n".join(self.shapes) + "\n</svg>\n"


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words with their base line at `y`."""
    return f'<text x="{x:g}" y="{y:g}" class="{kind}">{escape(words)}</text>'


def block(x: float, y: float, width: float, height: float, kind: str = "page") -> str:
    """A rectangle with rounded corners."""
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="6" class="{kind}"/>'


def path(data: str, kind: str = "line") -> str:
    """A line, or an arrow's shaft."""
    return f'<path d="{data}" class="{kind}"/>'


def arrow(x: float, y: float, length: float) -> str:
    """An arrow to the right, its point at `x + length`."""
    tip = x + length
    return path(f"M{x} {y}H{tip}M{tip - 7} {y - 6}L{tip} {y}L{tip - 7} {y + 6}")


def do(number: int, x: float, y: float) -> str:
    """A circle: here the reader clicks, types or pastes."""
    return f'<circle cx="{x}" cy="{y}" r="12" class="mark"/>' + text(x, y + 5, str(number), "on")


def look(number: int, x: float, y: float) -> str:
    """A square: here the reader looks."""
    square = f'<rect x="{x - 11}" y="{y - 11}" width="22" height="22" class="mark"/>'
    return square + text(x, y + 5, str(number), "on")


def button(x: float, y: float, width: float, label: str) -> str:
    """A button with its label."""
    return block(x, y, width, 34, "bar") + text(x + width / 2, y + 22, label, "mid bold")


def field(y: float, label: str, content: str) -> str:
    """A labelled text field across the window."""
    inside = block(52, y + 8, 324, 32, "field") + text(62, y + 29, content, "mono small")
    return text(52, y, label, "bold") + inside


def check_box(x: float, y: float, *, on: bool) -> str:
    """A check box; its state is also told by the word beside it."""
    outline = f'<rect x="{x}" y="{y - 10}" width="20" height="20" rx="3" class="line"/>'
    return outline + (path(f"M{x + 4} {y}l4 5l8-10") if on else "")


def window(height: int, place: str) -> tuple[str, ...]:
    """A browser's window with the name of the place it shows."""
    dots = "".join(f'<circle cx="{x}" cy="18" r="4" class="ghost"/>' for x in (18, 32, 46))
    return (block(1, 1, 398, height - 2), block(1, 1, 398, 34, "bar"), dots, text(62, 23, place))


def way() -> Picture:
    """Draw the three places of the guide, in order."""
    places = (("HitBTC", "make the key"), ("This site", "check it"), ("Bitsgap", "connect it"))
    shapes = []
    for index, (place, task) in enumerate(places):
        left = 1 + index * 140
        shapes += [
            block(left, 14, 118, 84),
            text(left + 59, 56, place, "mid bold"),
            text(left + 59, 78, task, "mid small dim"),
            do(index + 1, left + 59, 16),
        ]
    shapes += [arrow(121, 56, 18), arrow(261, 56, 18)]
    return Picture(height=100, title="Three steps in three places", shapes=tuple(shapes))


def new_key() -> Picture:
    """Draw where a new key is made."""
    gear = (
        '<circle cx="352" cy="58" r="8" class="line"/><circle cx="352" cy="58" r="2" class="ink"/>'
    )
    teeth = path("M352 46v4M352 66v4M340 58h4M360 58h4M344 50l2 2M358 64l2 2M344 66l2-2M358 52l2-2")
    tabs = "".join(block(x, 92, 56, 10, "ghost") for x in (20, 92, 258, 330))
    return Picture(
        height=196,
        title="Where a new key is made on HitBTC",
        shapes=(
            *window(196, "HitBTC"),
            gear,
            teeth,
            text(330, 63, "Settings", "end"),
            do(1, 380, 58),
            path("M12 118H388", "page"),
            tabs,
            text(184, 103, "API", "bold mid"),
            path("M168 116H200"),
            do(2, 220, 98),
            button(20, 138, 140, "New API key"),
            do(3, 182, 155),
        ),
    )


def both_parts() -> Picture:
    """Draw the two values of a new key."""
    return Picture(
        height=206,
        title="The two values of a new key",
        shapes=(
            *window(206, "HitBTC: your new key"),
            field(66, "API key", "made-up-key-AAAA1111bbbb2222cccc"),
            do(1, 28, 90),
            field(136, "Secret key", "made-up-secret-3333DDDD4444eeee5"),
            do(2, 28, 160),
            text(52, 195, "Shown once. Copy it before you leave.", "small dim"),
        ),
    )


def wanted(box: Box) -> str:
    """Say how Bitsgap needs a setting."""
    return load().say(Message(f"setting.{box.wanted}"))


def row(box: Box, number: int, y: float) -> str:
    """A line of HitBTC's form as Bitsgap wants it."""
    on_already_or_left_off = box.right is Right.STATUS or box.wanted is not Wanted.ON
    marker = look(number, 24, y) if on_already_or_left_off else do(number, 24, y)
    label = text(46, y + 5, box.label)
    state = text(350, y + 5, wanted(box), "end bold" if box.wanted is Wanted.OFF else "end")
    return marker + label + state + check_box(362, y, on=box.wanted is Wanted.ON)


def restrictions() -> Picture:
    """Draw the six settings as they must be, and Save."""
    rows = [row(box, number, 28 + 34 * number) for number, box in enumerate(BOXES.values(), 1)]
    last = 28 + 34 * len(rows)
    return Picture(
        height=last + 70,
        title="The six settings, as Bitsgap needs them",
        shapes=(
            *window(last + 70, "HitBTC: the key's settings"),
            *rows,
            button(46, last + 24, 100, "Save"),
            do(len(rows) + 1, 168, last + 41),
        ),
    )


def code() -> Picture:
    """Draw the code on the phone and the place it is typed into."""
    return Picture(
        height=176,
        title="The 2FA code from your phone",
        shapes=(
            '<rect x="14" y="4" width="112" height="168" rx="14" class="page"/>',
            path("M54 16H86"),
            text(70, 52, "Authenticator", "mid small dim"),
            text(70, 76, "HitBTC", "mid"),
            text(70, 108, "123 456", "mid bold"),
            look(1, 70, 140),
            arrow(134, 100, 26),
            block(170, 20, 229, 138),
            text(188, 50, "2FA code", "bold"),
            block(188, 60, 150, 34, "field"),
            text(200, 82, "123456", "mono"),
            do(2, 366, 77),
            button(188, 108, 110, "Confirm"),
            do(3, 322, 125),
        ),
    )


def _state_before_the_link(box: Box) -> str:
    if box.wanted is Wanted.OFF:
        return "stays off"
    return "waits for the link" if box.needs_link else "works already"


def email() -> Picture:
    """Draw the message, and which permissions wait for its link."""
    rows = []
    for index, right in enumerate((Right.READ, Right.TRADE, Right.WITHDRAW)):
        y = 148 + 30 * index
        state = _state_before_the_link(BOXES[right])
        weight = " bold" if state.startswith("waits") else " dim"
        rows += [text(14, y, BOXES[right].label), text(386, y, state, f"end small{weight}")]
    return Picture(
        height=226,
        title="The email, and which permissions wait for its link",
        shapes=(
            block(1, 1, 398, 84),
            path("M20 22h52v34h-52zM20 22l26 20l26-20"),
            text(92, 36, "A message from HitBTC", "bold"),
            look(1, 330, 31),
            text(92, 66, "the link in it"),
            path("M92 71H184"),
            do(2, 216, 61),
            block(1, 100, 398, 125),
            text(14, 121, "Until you click the link:", "small dim"),
            *rows,
        ),
    )


def check() -> Picture:
    """Draw the checker's form."""
    return Picture(
        height=286,
        title="The checker's form",
        shapes=(
            *window(286, "This site: Check a key"),
            button(52, 48, 164, "Load the checker"),
            do(1, 28, 65),
            field(112, "API key", "made-up-key-AAAA1111bbbb2222cccc"),
            do(2, 28, 136),
            field(180, "Secret key", "••••••••••••••••••••••••••••••••"),
            do(3, 28, 204),
            button(52, 238, 110, "Check key"),
            do(4, 28, 255),
        ),
    )


def connect() -> Picture:
    """Draw the form at Bitsgap."""
    return Picture(
        height=330,
        title="Adding HitBTC at Bitsgap",
        shapes=(
            *window(330, "Bitsgap: My Exchanges"),
            button(52, 48, 180, "Add new exchange"),
            do(1, 28, 65),
            block(52, 98, 324, 34, "field"),
            text(64, 120, "HitBTC", "bold"),
            do(2, 28, 115),
            field(158, "API key", "made-up-key-AAAA1111bbbb2222cccc"),
            do(3, 28, 182),
            field(226, "Secret key", "••••••••••••••••••••••••••••••••"),
            do(4, 28, 250),
            button(52, 284, 110, "Connect"),
            do(5, 28, 301),
        ),
    )


def status() -> Picture:
    """Draw the line that shows success at Bitsgap."""
    return Picture(
        height=124,
        title="A connected exchange at Bitsgap",
        shapes=(
            *window(124, "Bitsgap: My Exchanges"),
            text(52, 66, "HitBTC", "bold"),
            text(134, 66, "Connected"),
            look(1, 236, 61),
            text(52, 100, "your trading balance"),
            look(2, 236, 95),
        ),
    )


def balances() -> Picture:
    """Draw the two balances and which of them a bot sees."""
    return Picture(
        height=132,
        title="Wallet and spot",
        shapes=(
            block(1, 6, 118, 80),
            text(60, 42, "Wallet", "mid bold"),
            text(60, 64, "one balance", "mid small dim"),
            arrow(124, 46, 30),
            text(138, 110, "you move it", "mid small"),
            block(158, 6, 118, 80),
            text(217, 42, "Spot", "mid bold"),
            text(217, 64, "for trading", "mid small dim"),
            block(316, 6, 83, 80, "bar"),
            text(357, 51, "Bot", "mid bold"),
            path("M312 46H282M289 40L282 46L289 52"),
            text(306, 110, "sees spot only", "mid small"),
        ),
    )


def part(number: int, y: float, name: str, has: str, lacks: str) -> str:
    """A part of the checker's page: what it has, and what it lacks."""
    words = text(62, y + 24, name, "bold") + text(62, y + 46, has, "small")
    lacking = text(62, y + 66, lacks, "small dim")
    return block(14, y, 250, 78, "field") + look(number, 36, y + 22) + words + lacking


def vault() -> Picture:
    """Draw the three parts of the checker's page, and what passes between them."""
    return Picture(
        height=372,
        title="The three parts of the checker, and what passes between them",
        shapes=(
            block(1, 1, 276, 370),
            text(14, 24, "This page, in your browser", "small dim"),
            part(1, 36, "Vault", "has the secret key", "no network"),
            path("M110 116V142M104 135L110 142L116 135"),
            text(122, 134, "signatures", "small"),
            part(2, 146, "Transport", "reaches HitBTC alone", "no secret key"),
            path("M130 226V276M124 269L130 276L136 269"),
            text(122, 256, "answers", "small end"),
            path("M152 276V228M146 235L152 228L158 235"),
            text(162, 256, "what to ask", "small"),
            part(3, 280, "Python", "reads the answers", "no network, neither key"),
            path("M268 185H312M275 179L268 185L275 191M305 179L312 185L305 191"),
            block(316, 146, 83, 78, "bar"),
            text(357, 190, "HitBTC", "mid bold"),
            text(338, 262, "everyone", "mid small"),
            text(338, 280, "else:", "mid small"),
            text(338, 298, "refused", "mid small bold"),
            look(4, 338, 324),
        ),
    )


def found(box: Box, y: float) -> str:
    """Draw a row of the checker's result: a key that can read but cannot trade."""
    if box.right is Right.IP_WHITELIST:
        state, kind = "Look on HitBTC", "end"
    elif box.right is Right.TRADE:
        state, kind = "✗ Off, needs On", "end bold"
    else:
        state, kind = f"✓ {wanted(box)}", "end"
    line = path(f"M14 {y - 21}H386", "rule")
    return line + text(14, y, box.label) + text(386, y, state, kind)


def result() -> Picture:
    """Draw what the checker says of a key with one permission off."""
    rows = [found(box, 152 + 32 * place) for place, box in enumerate(BOXES.values())]
    height = 144 + 32 * len(rows)
    return Picture(
        height=height,
        title="A result of the checker",
        shapes=(
            block(1, 1, 398, height - 2),
            '<rect x="1" y="14" width="6" height="96" class="ink"/>',
            text(20, 40, "This key can read but cannot trade", "bold"),
            text(20, 66, "Most often, the link in HitBTC's email was not", "small"),
            text(20, 84, "clicked. Bitsgap will probably show", "small"),
            text(20, 102, "Incorrect permissions.", "small"),
            *rows,
        ),
    )


PICTURES: dict[str, Callable[[], Picture]] = {
    "way": way,
    "new-key": new_key,
    "both-parts": both_parts,
    "restrictions": restrictions,
    "code": code,
    "email": email,
    "check": check,
    "connect": connect,
    "status": status,
    "result": result,
    "balances": balances,
    "vault": vault,
}


def files() -> dict[str, str]:
    """Return each file's name with its text."""
    return {f"{name}.svg": draw().svg() for name, draw in PICTURES.items()}


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
