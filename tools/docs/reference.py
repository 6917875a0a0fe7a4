"""Fills the tables of docs/<language>/reference/*.md: run `python -m tools.docs.reference`.

Rules of this room: nothing about HitBTC is known here; what the tables say of settings, requests,
codes and made-up keys is read from the core's own tables, and every word of it from the language's
words. What stands around the tables is written by hand in the pages. Codes and made-up keys are
rows, each with an id of its own, so that a phone shows many at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from hitbtc_keycheck.cases import case_of
from hitbtc_keycheck.codes import CODES, SIGNS, Code, Fault, Sign
from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.requests import PROBES, Channel, Probe, Reading
from hitbtc_keycheck.settings import SETTINGS, FormEntry, Setting, State
from hitbtc_keycheck.words import Message, Value, Words, load
from tools.docs.filled import fill, languages, table

PAGES = "reference/*.md"

NAMED = (State.NOT_AS_REQUIRED, State.COULD_NOT_TELL)
"""The states that a row of the made-up keys names. A setting that it does not name is as needed."""

SEEN = [setting for setting in SETTINGS if setting is not Setting.IP_WHITELIST]
"""The settings that an answer can show."""


def own(name: str, values: Mapping[str, Value] = MappingProxyType({})) -> Message:
    """One of the sentences that only these tables say."""
    return Message(f"reference.{name}", values)


class Tables:
    """The tables in one language, by the names that the pages call them."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def part(self, name: str) -> str:
        """Return what a page wants: `settings`, or `codes` and a cause, as in `codes paste`."""
        kind, _, which = name.partition(" ")
        return {
            "settings": self._settings,
            "each setting": self._each_setting,
            "requests": lambda: self._requests(rest=which == "rest"),
            "codes": lambda: self._codes(Fault(which)),
            "signs": self._signs,
            "results": self._results,
        }[name if name == "each setting" else kind]()

    def _said(self, value: Value) -> str:
        return self._words.say(value)

    def _table(self, head: Iterable[Value], rows: Iterable[Sequence[str]]) -> str:
        return table([self._said(one) for one in head], rows)

    def _facts(self, *facts: tuple[Message, Value]) -> str:
        """A list of short statements, each with its subject in bold."""
        said = ((self._said(subject), self._said(statement)) for subject, statement in facts)
        return "\n".join(f"- **{subject}:** {statement}" for subject, statement in said)

    # --- Settings ---

    def _settings(self) -> str:
        rows = (
            (f"[{entry.label}](#{entry.setting})", self._wanted(entry))
            for entry in SETTINGS.values()
        )
        return self._table((Message("report.setting"), own("needed")), rows)

    def _wanted(self, entry: FormEntry) -> str:
        return f"**{self._said(Message(f'setting.{entry.wanted}'))}**"

    def _each_setting(self) -> str:
        return "\n\n".join(self._section(entry) for entry in SETTINGS.values())

    def _section(self, entry: FormEntry) -> str:
        why = self._said(Message(f"about.{entry.setting}.why"))
        turning_on = Message("turning-on.link" if entry.needs_link else "turning-on.save")
        return f"## {entry.label} {{#{entry.setting}}}\n\n" + self._facts(
            (own("unlocks"), Message(f"about.{entry.setting}.unlocks")),
            (own("needed"), f"{self._wanted(entry)}. {why}"),
            (own("turning-on"), turning_on),
            (own("api-label"), entry.api_label),
            (own("requests"), self._requests_for(entry.setting)),
        )

    def _requests_for(self, setting: Setting) -> str:
        settling = (probe for probe in PROBES if probe.result is not Reading.NOTHING)
        found = [
            f"[`{probe.target}`](requests.md#{probe.name})"
            for probe in settling
            if probe.setting is setting
        ]
        return ", ".join(found) or self._said(own("no-request"))

    # --- Requests ---

    def _requests(self, *, rest: bool) -> str:
        wanted = (probe for probe in PROBES if (probe.channel is Channel.REST) is rest)
        return "\n\n".join(self._request(probe) for probe in wanted)

    def _request(self, probe: Probe) -> str:
        entry = f"[{SETTINGS[probe.setting].label}](rights.md#{probe.setting})"
        return f"### `{probe.target}` {{#{probe.name}}}\n\n" + self._facts(
            (own("asks"), probe.about),
            (
                own("shows-setting"),
                entry if probe.result is not Reading.NOTHING else own("no-setting"),
            ),
            (own("shows"), self._readings(probe)),
            (own("sure"), own(f"sure-{probe.confidence}")),
        )

    def _readings(self, probe: Probe) -> str:
        if probe.result is Reading.NOTHING:
            return self._said(own("shows-reach"))
        errors = (
            f"{self._code(probe, shows.code, shows.status)}: {self._shown(probe, shows.reading)}"
            for shows in probe.errors
        )
        return "; ".join((self._result(probe), *errors, self._said(own("shows-else")))) + "."

    def _result(self, probe: Probe) -> str:
        if probe.result is Reading.ALARM:
            return self._said(own("result-alarm", {"answer": '`{"result": true}`'}))
        looks = self._said(own(f"result-{probe.form}"))
        return f"{looks}: {self._shown(probe, probe.result)}"

    def _code(self, probe: Probe, code: int, status: int | None) -> str:
        link = f"[{code}](codes.md#code-{code})"
        if probe.channel is not Channel.REST or status is None:
            return link
        return self._said(own("code-with-status", {"code": link, "http": status}))

    def _shown(self, probe: Probe, reading: Reading) -> str:
        what = "key" if probe.setting is Setting.STATUS else "permission"
        return self._said(own(f"shows-{what}-{reading}"))

    # --- Codes ---

    def _codes(self, fault: Fault) -> str:
        """The codes with one cause: a table for each thing to do."""
        mine = [code for code in CODES.values() if code.fault is fault]
        return "\n\n".join(
            f"**{self._said(own('advice'))}:** {self._said(advice)}\n\n"
            + self._meanings(sorted((it for it in mine if it.advice == advice), key=_number))
            for advice in dict.fromkeys(code.advice for code in mine)
        )

    def _meanings(self, codes: Sequence[Code]) -> str:
        rows = (
            (" ".join(_anchored(it) for it in codes if it.meaning == one), self._said(one))
            for one in dict.fromkeys(code.meaning for code in codes)
        )
        return self._table((own("code"), own("meaning")), rows)

    def _signs(self) -> str:
        rows = (self._sign(name) for name in dict.fromkeys(sign.name for sign in SIGNS))
        return self._table(("HTTP", own("meaning-and-advice")), rows)

    def _sign(self, name: str) -> tuple[str, ...]:
        mine = [sign for sign in SIGNS if sign.name == name]
        seen = "; ".join(self._seen_by(sign) for sign in mine)
        words = (own("sign-words", {"words": f"`{it.words}`"}) for it in mine if it.words)
        said = (mine[0].meaning, mine[0].advice, *words)
        return f"{seen} {{#sign-{name}}}", " ".join(map(self._said, said))

    def _seen_by(self, sign: Sign) -> str:
        if not sign.statuses:
            return self._said(own("sign-other"))
        first, *others = sign.statuses
        statuses: Value = first
        if others:
            statuses = own(
                "sign-range" if others[1:] else "sign-either", {"first": first, "last": others[-1]}
            )
        return self._said(own("sign-page", {"statuses": statuses}) if sign.page else statuses)

    # --- Results ---

    def _results(self) -> str:
        rows = (self._scenario(scenario) for scenario in SCENARIOS)
        return self._table((own("scenario"), own("says")), rows)

    def _scenario(self, scenario: Scenario) -> tuple[str, ...]:
        """One made-up key, and what the checker says to it."""
        case = case_of(scenario.case)
        only = f" {self._said(own('page-only'))}" if scenario.page_only else ""
        said = [f"{self._said(case.headline)}."]
        if case.bitsgap:
            said += [self._said(own("bitsgap", {"shown": f"**{self._said(case.bitsgap)}**"}))]
        title = f"{self._said(scenario.title)}. `{scenario.name}`{only} {{#{scenario.name}}}"
        return title, " ".join([*said, *self._states(scenario)])

    def _states(self, scenario: Scenario) -> Iterator[str]:
        """The settings that are not as needed, or not known."""
        for state in NAMED:
            if settings := [setting for setting in SEEN if scenario.expected(setting) is state]:
                known = state is State.NOT_AS_REQUIRED
                named = self._listed(settings)
                yield self._said(
                    own("not-as-needed" if known else "not-known", {"settings": named})
                )

    def _listed(self, settings: Sequence[Setting]) -> str:
        """Settings by their labels, or that it is all of them, or all but Status."""
        if settings in (SEEN, SEEN[1:]):
            return self._said(own("all" if settings == SEEN else "all-others"))
        return "; ".join(SETTINGS[setting].label for setting in settings)


def _number(code: Code) -> int:
    return code.code


def _anchored(code: Code) -> str:
    return f"`{code.code}`{{#code-{code.code}}}"


if __name__ == "__main__":
    for language in languages():
        for page in (Path("docs") / language).glob(PAGES):
            fill(page, Tables(load(language)).part)
