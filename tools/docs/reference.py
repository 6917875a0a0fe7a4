"""Writes docs/en/reference/*.md from the core's tables: run `python -m tools.docs.reference`.

Rules of this room: nothing about HitBTC is known here; what the pages say of settings, requests,
codes and made-up keys is read from `rights`, `probes` and `rehearsal`. Only the words around the
tables are this module's. Codes and made-up keys are rows, each with an id of its own, so that a
phone shows many at once. A test compares the committed pages with it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from hitbtc_keycheck.probes import (
    CODES,
    PROBES,
    SIGNS,
    Channel,
    Code,
    Confidence,
    Fault,
    Form,
    Means,
    Probe,
    Sign,
)
from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.report import case_of
from hitbtc_keycheck.rights import BOXES, LABELS_AS_OF, Box, Right, State
from hitbtc_keycheck.words import Message, Value, load

FOLDER = Path("docs/en/reference")

HOW_SURE = {
    Confidence.HIGH: "High: HitBTC's own text, or several independent sources that agree.",
    Confidence.MEDIUM: "Medium: one good source.",
    Confidence.LOW: "Low: inferred from other facts; not seen.",
}

SHOWS = {Means.ON: "the permission is on", Means.OFF: "the permission is off"}
SEARCH = "search:\n  boost: 2\n"
"""The search prefers these pages to others: they have the exact words and numbers."""

SHOWS_OF_THE_KEY = {Means.ON: "the key works", Means.OFF: "the key is refused"}


def day() -> str:
    """Return the day of the labels in words."""
    then = date.fromisoformat(LABELS_AS_OF)
    return f"{then.day} {then:%B %Y}"


def page(title: str, description: str, parts: Iterable[str], tags: str = "") -> str:
    """Return a whole page; it says that it is generated and how old its facts are."""
    head = (
        f'---\ntitle: {title}\ndescription: "{description}"\n{SEARCH}{tags}---\n\n'
        "<!-- Written by tools/docs/reference.py from the core's tables: change those. -->\n\n"
        f"# {title}"
    )
    foot = (
        f"Checked against public sources on {day()}. [How we check our facts](../about/facts.md)."
    )
    return "\n\n".join((head, *parts, foot)) + "\n"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def facts(*rows: tuple[str, str]) -> str:
    """Return a list of short statements, each with its subject in bold."""
    return "\n".join(f"- **{subject}:** {statement}" for subject, statement in rows)


def asked(probe: Probe) -> str:
    """Return a link to a request, by what is sent."""
    return f"[`{probe.target}`](requests.md#{probe.name})"


def shown(probe: Probe, means: Means) -> str:
    """Say what an answer to a request shows."""
    return (SHOWS_OF_THE_KEY if probe.right is Right.STATUS else SHOWS)[means]


def requests_for(right: Right) -> str:
    """Return the requests that show a setting, or that none does."""
    settling = (probe for probe in PROBES if probe.result is not Means.NOTHING)
    found = [asked(probe) for probe in settling if probe.right is right]
    return ", ".join(found) or "none. Look at it on HitBTC."


def said(value: Value) -> str:
    """Return what the reader is told, in English."""
    return load().say(value)


def wanted(box: Box) -> str:
    """Say how Bitsgap needs a setting."""
    return f"**{said(Message(f'setting.{box.wanted}'))}**"


def box_section(box: Box) -> str:
    """Describe one setting."""
    turning_on = Message("turning-on.link" if box.needs_link else "turning-on.save")
    return f"## {box.label} {{#{box.right}}}\n\n" + facts(
        ("What it allows", said(Message(f"about.{box.right}.unlocks"))),
        ("Bitsgap needs it", f"{wanted(box)}. {said(Message(f'about.{box.right}.why'))}"),
        ("To turn it on", said(turning_on)),
        ("Its name in HitBTC's API documentation", box.api_label),
        ("Requests that show it", requests_for(box.right)),
    )


def rights_page() -> str:
    """Each setting: what it allows, how Bitsgap needs it and why, and what shows it."""
    intro = (
        "A HitBTC API key has six settings. Four of them are permissions: what the key may read or "
        "do. HitBTC's form lists the six in this order. [How to make a key with "
        "them](../guide/make-the-key.md#restrictions), or [how to change "
        "them](../guide/change.md)."
    )
    return page(
        "The six settings of a key",
        "The permissions and other settings of a HitBTC API key: what each allows, how Bitsgap "
        "needs it and why, and the request that shows it.",
        (
            intro,
            table(
                ("Setting", "Bitsgap needs it"),
                ((f"[{box.label}](#{box.right})", wanted(box)) for box in BOXES.values()),
            ),
            *(box_section(box) for box in BOXES.values()),
        ),
        tags="tags: [permission, permissions]\n",
    )


def result_reading(probe: Probe) -> str:
    """Say what a result of this request shows."""
    if probe.result is Means.ALARM:
        return (
            '`{"result": true}` with a status of success, in a check in which other answers came '
            "from HitBTC: a warning to stop, and never a proof that the permission is off"
        )
    looks = {Form.TRUE: "`true`", Form.LIST: "a list, even an empty one", Form.OBJECT: "a result"}
    return f"{looks[probe.form]}: {shown(probe, probe.result)}"


def readings(probe: Probe) -> str:
    """Say what each answer to a request shows."""
    if probe.result is Means.NOTHING:
        return "whether HitBTC can be reached; nothing about the key."
    rest = probe.channel is Channel.REST
    errors = (
        f"[{shows.code}](codes.md#code-{shows.code})"
        + (f" with HTTP {shows.status}" if rest else "")
        + f": {shown(probe, shows.means)}"
        for shows in probe.errors
    )
    return "; ".join((result_reading(probe), *errors, "anything else: nothing")) + "."


def request_section(probe: Probe) -> str:
    """Describe one request."""
    box = f"[{BOXES[probe.right].label}](rights.md#{probe.right})"
    return f"### `{probe.target}` {{#{probe.name}}}\n\n" + facts(
        ("What it asks", said(probe.about)),
        ("The setting", box if probe.result is not Means.NOTHING else "none."),
        ("What its answers show", readings(probe)),
        ("How sure we are", HOW_SURE[probe.confidence]),
    )


def requests_page() -> str:
    """Every request a check can send, and what it never sends."""
    rest = [request_section(probe) for probe in PROBES if probe.channel is Channel.REST]
    sockets = [request_section(probe) for probe in PROBES if probe.channel is not Channel.REST]
    return page(
        "Every request the checker can send",
        "The complete list of what the checker may send to HitBTC, what each answer shows, and "
        "what it never sends.",
        (
            "This list is complete. The checker, its tests and this page use the same table.",
            "A login and every REST request carry a signature, never the secret key. A signature "
            "is for one message and expires within 60 seconds.",
            "All of these only read, except one. No reading request needs the permission "
            "**Withdraw cryptocurrencies**, so the checker asks HitBTC to *cancel* a withdrawal "
            "that does not exist (a *rollback*), with a random id. Without the permission, HitBTC "
            "should refuse. With it, HitBTC should say that there is no such withdrawal. This is "
            "inferred, not seen.",
            "## In the browser: over WebSocket {#sockets}",
            *sockets,
            "## In the terminal, and for Withdraw: over REST {#rest}",
            *rest,
            "## What is never sent {#never}",
            "- a withdrawal in any form, or the confirmation of one\n"
            "- a transfer, to another user, between sub-accounts or between wallet and spot\n"
            "- a conversion\n"
            "- an order, or the cancellation of one\n"
            "- a change to a sub-account\n"
            "- what you paste into the field **Secret key**: HitBTC's older *Basic* authorization "
            "would send it with every request. What you paste into **API key** is sent, so a "
            "secret key that you paste *there* would be sent too. If its label or its form shows "
            "the mistake, the check stops before anything is sent. If the two are simply swapped, "
            "no program can see it\n"
            "- anything to another host than HitBTC's",
        ),
    )


GROUPS = {
    Fault.PASTE: "The paste",
    Fault.KEY: "The key's settings",
    Fault.EXCHANGE: "HitBTC or the account",
    Fault.OURS: "The checker",
}
"""The parts of the page on codes, in the order in which readers need them."""


def code_row(meaning: Message, codes: Iterable[Code]) -> tuple[str, ...]:
    """Return a row for the codes that mean the same, each with an id of its own."""
    return " ".join(f"`{code.code}`{{#code-{code.code}}}" for code in codes), said(meaning)


def codes_of(fault: Fault) -> Iterable[str]:
    """Return the codes with one cause: a table for each thing to do."""
    mine = [code for code in CODES.values() if code.fault is fault]
    yield f"## {GROUPS[fault]} {{#cause-{fault}}}"
    for advice in dict.fromkeys(code.advice for code in mine):
        alike = sorted((code for code in mine if code.advice == advice), key=lambda it: it.code)
        meanings = dict.fromkeys(code.meaning for code in alike)
        yield f"**What to do:** {said(advice)}"
        yield table(
            ("Code", "What it means"),
            (code_row(one, (c for c in alike if c.meaning == one)) for one in meanings),
        )


def sign_row(name: str) -> tuple[str, ...]:
    """Say what answers without a known code look like, and what they point at."""
    mine = [sign for sign in SIGNS if sign.name == name]
    seen = "; ".join(seen_by(sign) for sign in mine)
    words = "".join(f" Also with the words `{sign.words}`." for sign in mine if sign.words)
    return f"{seen} {{#sign-{name}}}", f"{said(mine[0].meaning)} {said(mine[0].advice)}{words}"


def seen_by(sign: Sign) -> str:
    """Say by what a sign is seen."""
    if not sign.statuses:
        return "other"
    first, *others = sign.statuses
    between = " to " if others[1:] else " or "
    statuses = f"{first}{between}{others[-1]}" if others else str(first)
    return statuses + " with a page" * sign.page


def codes_page() -> str:
    """Every code, in a reader's words."""
    return page(
        "Error codes",
        "Every error code a HitBTC key check can meet, such as 1002, 1003 or 429: what it means, "
        "what caused it, and what to do.",
        (
            "Bots often show HitBTC's error code without an explanation. If you have no code, see "
            "[Fix a problem](../troubleshooting.md). [What each answer shows](requests.md)",
            '<div class="kc-groups" markdown>',
            *(part for fault in GROUPS for part in codes_of(fault)),
            '</div>\n\n<div class="kc-groups" markdown>',
            "## Answers without a code {#signs}",
            "They say nothing about the key. If several fit, the checker uses the first.",
            table(
                ("HTTP", "What it means, and what to do"),
                (sign_row(name) for name in dict.fromkeys(sign.name for sign in SIGNS)),
            ),
            "</div>",
        ),
    )


STATES = {
    State.NOT_AS_REQUIRED: "Not as needed",
    State.COULD_NOT_TELL: "Not known",
}
"""The states that a row of the table names. A setting that it does not name is as needed."""

SEEN = [right for right in BOXES if right is not Right.IP_WHITELIST]
"""The settings that an answer can show."""


def settings(scenario: Scenario) -> str:
    """Return the settings of a made-up key that are not as needed, or not known."""
    groups = {state: [r for r in SEEN if scenario.expected(r) is state] for state in STATES}
    return " ".join(
        f"{STATES[state]}: {listed(rights)}." for state, rights in groups.items() if rights
    )


def listed(rights: Sequence[Right]) -> str:
    """Return settings by their labels, or say that it is all of them, or all but Status."""
    if rights in (SEEN, SEEN[1:]):
        return "all" if rights == SEEN else "all others"
    return "; ".join(BOXES[right].label for right in rights)


def scenario_row(scenario: Scenario) -> tuple[str, ...]:
    """Return one made-up key, and what the checker says to it."""
    only = " (in the browser only)" * scenario.page_only
    case = case_of(scenario.case)
    shown_there = f"Bitsgap: **{said(case.bitsgap)}**." if case.bitsgap else ""
    return (
        f"{said(scenario.title)}. `{scenario.name}`{only} {{#{scenario.name}}}",
        " ".join(filter(None, (f"{said(case.headline)}.", shown_there, settings(scenario)))),
    )


def scenarios_page() -> str:
    """Each made-up key, and what the checker says to it."""
    return page(
        "Results of a check",
        "The made-up keys that the checker can rehearse with, what it says to each, and what "
        "Bitsgap would probably show.",
        (
            "On [the checker](../checker.md), **Rehearse with a made-up key** plays these "
            "situations and sends nothing. In a terminal, use `hitbtc-keycheck --rehearse NAME` "
            "with a name from this list.",
            "*Bitsgap* is the status that Bitsgap would probably show. A setting that is not named "
            "is as Bitsgap needs it. No check can see the IP whitelist.",
            table(
                ("Made-up key", "What the checker says"),
                (scenario_row(scenario) for scenario in SCENARIOS),
            ),
        ),
    )


def files() -> dict[str, str]:
    """Return each page's name with its text."""
    return {
        "rights.md": rights_page(),
        "requests.md": requests_page(),
        "codes.md": codes_page(),
        "scenarios.md": scenarios_page(),
    }


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
