"""Writes docs/reference/*.md from the core's tables: run `python -m tools.reference`.

Rules of this room: nothing about HitBTC is known here; what the pages say of boxes, requests,
codes and made-up keys is read from `rights`, `probes` and `rehearsal`. Only the words around the
tables are this module's. A test compares the committed pages with it.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from hitbtc_keycheck.probes import (
    CODES,
    PROBES,
    SIGNS,
    Channel,
    Code,
    Confidence,
    Form,
    Means,
    Probe,
    Sign,
)
from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.report import BITSGAP, CASES, CAUSES
from hitbtc_keycheck.rights import BOXES, LABELS_AS_OF, Box, Right, State

FOLDER = Path("docs/reference")

HOW_SURE = {
    Confidence.HIGH: "High: HitBTC's own text, or several independent sources that agree.",
    Confidence.MEDIUM: "Medium: one good source.",
    Confidence.LOW: "Low: inferred from other facts; not seen.",
}

SHOWS = {Means.ON: "the box is on", Means.OFF: "the box is off"}
SHOWS_OF_THE_KEY = {Means.ON: "the key works", Means.OFF: "the key is refused"}


def day() -> str:
    """Return the day of the labels in words."""
    then = date.fromisoformat(LABELS_AS_OF)
    return f"{then.day} {then:%B %Y}"


def page(title: str, description: str, parts: Iterable[str]) -> str:
    """Return a whole page; it says that it is generated and how old its facts are."""
    head = (
        f'---\ntitle: {title}\ndescription: "{description}"\n---\n\n'
        "<!-- Written by tools/reference.py from the core's tables: change those, not this. -->\n\n"
        f"# {title}"
    )
    foot = f"Facts as of {day()}. [How we check them](../about/facts.md)."
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
    """Return the requests that show a box, or that none does."""
    settling = (probe for probe in PROBES if probe.result is not Means.NOTHING)
    found = [asked(probe) for probe in settling if probe.right is right]
    return ", ".join(found) or "none. Look at HitBTC's form."


def box_section(box: Box) -> str:
    """Describe one box."""
    return f"## {box.label} {{#{box.right}}}\n\n" + facts(
        ("What it unlocks", box.unlocks),
        ("Bitsgap wants it", f"**{box.wanted}**. {box.why}"),
        ("Turning it on needs", box.turning_on),
        ("Its name in HitBTC's API documentation", box.api_label),
        ("Requests that show it", requests_for(box.right)),
    )


def rights_page() -> str:
    """Each box: what it unlocks, what Bitsgap wants of it and why, and what shows it."""
    intro = (
        "HitBTC's form has these boxes, in this order. How to set them is in [the "
        "guide](../guide/make-the-key.md#restrictions)."
    )
    return page(
        "The six boxes",
        "Each box on HitBTC's API key form: what it unlocks, what Bitsgap wants of it and why, "
        "and the request that shows it.",
        (
            intro,
            table(
                ("Box", "Bitsgap wants it"),
                ((f"[{box.label}](#{box.right})", f"**{box.wanted}**") for box in BOXES.values()),
            ),
            *(box_section(box) for box in BOXES.values()),
        ),
    )


def result_reading(probe: Probe) -> str:
    """Say what a result of this request shows."""
    if probe.result is Means.ALARM:
        return (
            '`{"result": true}` with a status of success, in a check in which HitBTC was heard '
            "otherwise: an alarm, shown as one and never as a tick"
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
        ("What it asks", probe.about),
        ("The box", box if probe.result is not Means.NOTHING else "none."),
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
            "This is all of it. The code that checks, the tests and this page read one table.",
            "A login and every REST request carry a signature, never the secret. A signature is "
            "for one message and dies within 60 seconds.",
            "All of these only read, except one. No reading request needs the box **Withdraw "
            "cryptocurrencies**, so the checker asks to *undo* a withdrawal that was never made, "
            "by an id made up at random. Without the right HitBTC should refuse; with it, HitBTC "
            "should say that there is no such withdrawal. This is inferred, not seen.",
            "## In the browser: over WebSocket {#sockets}",
            *sockets,
            "## In the terminal, and for Withdraw: over REST {#rest}",
            *rest,
            "## What is never sent {#never}",
            "- a new withdrawal, in any form, or the go-ahead for one\n"
            "- a transfer, to another user, between sub-accounts or between wallet and spot\n"
            "- a conversion\n"
            "- an order, or the end of one\n"
            "- a change to a sub-account\n"
            "- the secret, from the field **Secret key**: HitBTC's older *Basic* authorization "
            "would send it with every request. What stands in the field **API key** is sent as the "
            "key's name, so a secret that was pasted *there* would go out. Where its label or its "
            "form shows that, the check stops before anything is sent; a plain swap of the two "
            "cannot be seen\n"
            "- anything to another host than HitBTC's",
        ),
    )


def settled_by(code: Code) -> Iterable[str]:
    """Say what a code settles, for each box about which it settles something."""
    settling = (
        f"**{BOXES[probe.right].label}**: {shown(probe, shows.means)}"
        for probe in PROBES
        for shows in probe.errors
        if shows.code == code.code
    )
    return dict.fromkeys(settling)


def code_section(code: Code) -> str:
    """Describe one code."""
    return f"## {code.code} {{#code-{code.code}}}\n\n{code.meaning}\n\n" + facts(
        ("Comes with", f"HTTP {code.status}." if code.status else "WebSocket only."),
        ("Cause", f"{CAUSES[code.fault]}."),
        ("What to do", code.advice),
        ("What it settles", ("; ".join(settled_by(code)) or "nothing about any box") + "."),
    )


def sign_section(name: str) -> str:
    """Describe what answers without a known code point at."""
    mine = [sign for sign in SIGNS if sign.name == name]
    return f"### {mine[0].meaning.rstrip('.')} {{#sign-{name}}}\n\n" + facts(
        ("Seen by", "; ".join(seen_by(sign) for sign in mine) + "."),
        ("Cause", f"{CAUSES[mine[0].fault]}."),
        ("What to do", mine[0].advice),
    )


def seen_by(sign: Sign) -> str:
    """Say by what a sign is seen."""
    if not sign.statuses:
        return "any other answer that is not in the form of HitBTC's"
    first, *others = sign.statuses
    between = " to " if others[1:] else " or "
    statuses = f"{first}{between}{others[-1]}" if others else str(first)
    page_ = " with a web page" if sign.page else ""
    words = f", or the words `{sign.words}`" if sign.words else ""
    return f"HTTP {statuses}{page_}{words}"


def codes_page() -> str:
    """Every code, in a reader's words."""
    return page(
        "The exchange's codes",
        "Every error code a HitBTC key check can meet, such as 1002, 1003 or 429: what it means, "
        "what causes it, and what to do.",
        (
            "When HitBTC refuses something it gives a number. Bots print it, often without a word "
            "of explanation. These are the numbers a check can meet. If you came with a symptom "
            "rather than a number, see [When it does not work](../troubleshooting.md).",
            *(code_section(code) for code in sorted(CODES.values(), key=lambda code: code.code)),
            "## Answers without a number {#signs}",
            "Not every answer comes from HitBTC, and not every one of HitBTC's has a number. These "
            "settle nothing about the key; the first that fits is what the checker says.",
            *(sign_section(name) for name in dict.fromkeys(sign.name for sign in SIGNS)),
        ),
    )


STATES = {
    State.AS_REQUIRED: "as required",
    State.NOT_AS_REQUIRED: "not as required",
    State.COULD_NOT_TELL: "could not tell",
    State.CANNOT_BE_SEEN: "cannot be seen from here",
}


def rows(scenario: Scenario) -> str:
    """Return the boxes of a made-up key, grouped by how they come out."""
    groups: dict[State, list[str]] = {state: [] for state in State}
    for right, box in BOXES.items():
        groups[scenario.expected(right)].append(f"**{box.label}**")
    return "; ".join(
        f"{STATES[state]}: {', '.join(found)}" for state, found in groups.items() if found
    )


def scenario_section(scenario: Scenario) -> str:
    """Describe one made-up key."""
    case = next(case for case in CASES if case.name == scenario.case)
    status = case.bitsgap or BITSGAP[case.verdict] or "not known"
    named = "`" + scenario.name + "`" + (", in the browser only" * scenario.page_only)
    return f"## {scenario.title} {{#{scenario.name}}}\n\n" + facts(
        ("The checker says", f"**{case.headline}**"),
        ("Bitsgap will probably show", f"{status}."),
        ("Cause", f"{CAUSES[scenario.fault] or 'none'}."),
        ("Boxes", f"{rows(scenario)}."),
        ("Its name", f"{named}."),
    )


def scenarios_page() -> str:
    """Each made-up key, and what the checker says to it."""
    return page(
        "Made-up keys and their verdicts",
        "The made-up keys that the checker can rehearse with, and what it says to each.",
        (
            "On [the checker](../checker.md), **Rehearse with a made-up key** plays these "
            "situations and sends nothing to anybody. In a terminal it is "
            "`hitbtc-keycheck --rehearse NAME`, with the name given below.",
            *(scenario_section(scenario) for scenario in SCENARIOS),
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
