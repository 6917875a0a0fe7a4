"""A Python that somebody else wrote: whatever it says, the page, the vault and the transport hold.

Each test serves a copy of the built site in which Python's worker is an attacker's script, and the
page was made to want it. It answers as the attacker likes, in any number, any order and any type.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from tests.exchange.accounts import NAMED
from tests.exchange.faults import answered
from tests.exchange.standin import StandIn
from tests.page.checker import CHECKING, SEALING, Checker
from tests.page.served import copied, serving
from tests.page.test_ledger import in_the_ledger, on_the_wire
from tests.page.test_load import runtime_file, with_right_hash

GOOD = NAMED["as-required"]

ATTACKER = """
const report = (more) => ({
  verdict: "connected", fault: "none", headline: "x",
  sentence: "All is well", bitsgap_status: "Connected",
  next_steps: [], notes: [], wrong_hands: null, cannot_be_seen: [], key_ends_in: "",
  rights: {
    status: { state: "as-required", label: "", wanted: "", found: "", reason: "",
              confirmed_by_you: false, evidence: [] },
    withdraw: { state: "could-not-tell", label: "", wanted: "", found: "", reason: "",
                confirmed_by_you: false, evidence: [] },
  },
  checked_at: "now", ...more,
});
const step = (requests, more) =>
  ({ requests, progress: [0, 4], ended: false, report: null, ...more });
const ended = (more) => step([], { ended: true, report: report(more) });
const END = ended();
const USUAL = {
  advise: { advice: [] }, begin: END, feed: END, stop: END, look: { report: report() },
  paste: { problem: null, report: report() }, markdown: { markdown: "as the attacker likes" },
  rehearse: { seen: [], report: report() },
};
let page = { postMessage() {} };
const postMessage = (data) => { page.postMessage(data); self.postMessage(data); };
const say = (id, answer) => page.postMessage({ id, answer: JSON.stringify(answer) });
const heard = self.heard = [];
const attack = (id, question) => { ATTACK };
self.onmessage = ({ ports }) => { [page] = ports; page.onmessage = hear; };
const hear = ({ data }) => {
  heard.push(JSON.stringify(data.question ?? ""));
  if (data.files) { START; page.postMessage({ say: "ready", refused: true }); AFTER; return; }
  const question = JSON.parse(data.question);
  if (attack(data.id, question) !== "silent") say(data.id, USUAL[question.do]);
};
"""


@contextmanager
def attacked(
    page: Page, exchange: StandIn, site_dir: Path, folder: Path, **attack: str
) -> Iterator[Checker]:
    """The checker of a site on which Python is the attacker's."""
    site = copied(site_dir, folder / "site")
    script = ATTACKER
    for place in ("ATTACK", "START", "AFTER"):
        script = script.replace(place, attack.get(place.lower(), ""))
    theirs = runtime_file(site, "python.js")
    with_right_hash(site, theirs, theirs.read_text(), script)
    exchange.cors = True
    with serving(site) as (url, _):
        yield Checker(page=page, exchange=exchange, url=f"{url}checker/").open()


ALL_OF_THEM = [
    "login-trading",
    "login-wallet",
    "spot-balances",
    "spot-fees",
    "wallet-balances",
    "rollback",
    "reach",
]
GREEDY = f"""
  const listed = {json.dumps(ALL_OF_THEM)};
  const wild = ["withdraw", "__proto__", "constructor", "login-public",
    "rollback/../../../spot/order", "spot_new_order"];
  const all = [...listed, ...wild, ...listed];
  const each = (probe, at) => ({{ number: at + 1, probe, wait: 0 }});
  if (question.do === "begin") {{ say(id, step(all.map(each))); return "silent"; }}
  if (question.do === "feed") {{ say(id, step([])); return "silent"; }}
"""


def test_nothing_is_sent_but_what_is_listed_and_all_of_it_is_in_the_ledger(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path
) -> None:
    page.add_init_script(
        "const { sign } = SubtleCrypto.prototype; self.signed = 0;"
        "SubtleCrypto.prototype.sign = function (...all) { self.signed += 1;"
        " return sign.apply(this, all); }"
    )
    with attacked(page, exchange, site_dir, tmp_path, attack=GREEDY) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(checker.verdict).to_be_visible(timeout=CHECKING)
        assert exchange.violations == []
        assert on_the_wire(exchange) == in_the_ledger(page)
        names = [heard.name for heard in exchange.log if "OPTIONS" not in heard.name]
        rollbacks = [name for name in names if name.startswith("rest")]
        assert len(rollbacks) == 2
        assert all("DELETE /api/3/wallet/crypto/withdraw/" in name for name in rollbacks)
        for name in set(names) - set(rollbacks):
            assert names.count(name) <= 2
        assert len(names) == 2 * len(ALL_OF_THEM) - 2 + 2, names  # three sockets are opened once
        assert page.evaluate("self.signed") <= 7  # six for the check, one for the command shown


def test_a_python_that_asks_for_more_and_more_is_ended(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path
) -> None:
    more = """
      self.number ??= 0;
      const many = Array.from({ length: 10 }, () =>
        ({ number: ++self.number, probe: "anything", wait: 0 }));
      if (["begin", "feed"].includes(question.do)) { say(id, step(many)); return "silent"; }
    """
    page.add_init_script(
        "const { postMessage } = MessagePort.prototype; self.asked = 0;"
        "MessagePort.prototype.postMessage = function (data, ...more) {"
        " if (data.question) self.asked += 1;"
        " postMessage.call(this, data, ...more); }"
    )
    with attacked(page, exchange, site_dir, tmp_path, attack=more) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(checker.verdict).to_have_attribute("data-fault", "ours")
        expect(checker.verdict).to_contain_text("it asked for too much")
        assert page.evaluate("self.asked") < 40  # it is ended after twenty, at ten for each answer
        assert answers_at_once(page)
        assert exchange.log == []


def test_a_number_used_before_and_other_nonsense_send_nothing(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path
) -> None:
    same = """
      if (question.do === "begin") {
        say(id, step([1, 1, 1, 0, -5].map((number) =>
          ({ number, probe: "login-trading", wait: 0 }))));
        return "silent";
      }
      if (question.do === "feed") { say(id, step([])); return "silent"; }
    """
    with attacked(page, exchange, site_dir, tmp_path, attack=same) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(checker.verdict).to_be_visible(timeout=CHECKING)
        assert [heard.name for heard in exchange.log] == ["trading open", "trading login"]


@pytest.mark.parametrize("withdraw", [True, False])
def test_nothing_is_signed_or_sent_after_the_end(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path, withdraw: bool
) -> None:
    """With the reader's wish left out, no rollback is signed either."""
    late = """
      const ask = ["login-trading", "rollback"].map((probe, at) =>
        ({ number: at + 1 + self.heard.length, probe, wait: 0 }));
      if (question.do === "begin") { say(id, step(ask.slice(1))); return "silent"; }
      if (question.do === "feed") {
        say(id, step(ask, { ended: true, report: report() }));
        return "silent";
      }
    """.replace("self.heard", "heard")
    with attacked(page, exchange, site_dir, tmp_path, attack=late) as checker:
        checker.start_python()
        checker.field("Also check Withdraw").set_checked(withdraw)
        checker.fill(GOOD).press("Check key")
        expect(checker.verdict).to_be_visible(timeout=CHECKING)
        page.wait_for_timeout(500)
        names = [heard.name for heard in exchange.log if "OPTIONS" not in heard.name]
        assert len(names) == (1 if withdraw else 0)
        assert "login" not in " ".join(names)


JUNK = {
    "a million of them": "for (let at = 0; at < 1e6; at += 1) postMessage(at)",
    "of every type": """
      const all = [null, undefined, 1, "x", [], {}, { id: 1 }, { id: 1e9, answer: "{}" },
        { say: "row", row: {} }, { say: "reply" }, { say: "report" }, { say: "broken" },
        { do: "send" }, { do: "prove" }, { say: "sealed" }, { say: "sign", id: 1 }, new Map(),
        new Date(), new ArrayBuffer(8), { id: NaN, answer: 1 }, { answer: "{}" },
        { say: "command", curl: "curl evil" }, { say: "markdown", markdown: "evil" }];
      for (let at = 0; at < 1000; at += 1) for (const one of all) postMessage(one)""",
    "very long": "postMessage({ id: 1, answer: '9'.repeat(3e7) })",
    "very deep": "postMessage({ id: 1, answer: '['.repeat(1e6) })",
    "again and again": "setInterval(() => postMessage({ say: 'ready', refused: true }), 1)",
}


@pytest.mark.parametrize(
    "attack", [{when: junk} for when in ("start", "after") for junk in JUNK.values()]
)
def test_what_nobody_asked_for_neither_freezes_nor_fools_the_page(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path, attack: dict[str, str]
) -> None:
    with attacked(page, exchange, site_dir, tmp_path, **attack) as checker:
        checker.seal()
        expect(checker.form).to_have_attribute("data-python", "failed", timeout=SEALING)
        expect(page.locator("#python-words")).to_contain_text("Python ended")
        assert answers_at_once(page)
        expect(checker.form).to_have_attribute("data-seal", "sealed")
        expect(checker.field("Secret key")).to_be_enabled()
        expect(checker.verdict).to_have_count(0)
        expect(page.locator("[data-ledger-row]")).to_have_count(0)
        assert exchange.log == []


@pytest.mark.parametrize("junk", list(JUNK)[:-1])
def test_junk_for_an_answer_ends_the_check_and_keeps_what_was_typed(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path, junk: str
) -> None:
    with attacked(page, exchange, site_dir, tmp_path, attack=JUNK[junk]) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(checker.verdict).to_have_attribute("data-fault", "ours")
        expect(checker.verdict).to_contain_text("Python:")
        assert answers_at_once(page)
        expect(checker.field("Secret key")).to_have_value(GOOD.secret)
        expect(page.locator("[data-ledger-row]")).to_have_count(0)
        assert exchange.log == []


def answers_at_once(page: Page) -> bool:
    """Whether the page gets to what else it has to do, within a second."""
    begun = monotonic()
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    return monotonic() - begun < 1


ANSWERS = {
    "no JSON": '"nonsense"',
    "nothing": '"null"',
    "a list": '"[]"',
    "no text": "{}",
    "a verdict of its own": "JSON.stringify(ended({ verdict: 'fine' }))",
    "a right of its own": "JSON.stringify(ended({ rights: { x: {} } }))",
    "an end without a report": "JSON.stringify(step([], { ended: true }))",
    "requests that are none": "JSON.stringify(step([1, null]))",
    "a number that is none": "JSON.stringify(step([{ number: '1', probe: 'reach', wait: 0 }]))",
    "too many": "JSON.stringify(step(Array(1e5).fill({ number: 1, probe: 'reach', wait: 0 })))",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_cannot_be_read_ends_the_check_and_names_python(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path, answer: str
) -> None:
    attack = f"""
      if (question.do === "begin") {{
        postMessage({{ id, answer: {ANSWERS[answer]} }});
        return "silent";
      }}
    """
    with attacked(page, exchange, site_dir, tmp_path, attack=attack) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(checker.verdict).to_have_attribute("data-fault", "ours")
        expect(checker.verdict).to_have_attribute("data-verdict", "undecided")
        expect(checker.verdict).to_contain_text(re.compile("Python:|The page:"))
        expect(checker.verdict).to_contain_text("still holds your secret key")
        expect(page.locator("#held")).to_be_visible()


WORDS = "<img src=x onerror=\\\"document.title='run'\\\">"
LINKS = [
    "javascript:document.title='run'",
    "https://evil.example/",
    "//evil.example/",
    "../../../../../outside",
    "data:text/html,x",
    "blob:x",
    "http://[",
    "guide/?balance=1",
    "guide/#UPPER-or-anything.else",
    "guide/leaked-key/#whatever-it-would-tell",
    "about/any-letters/",
    "\\\\\\\\evil.example",
]


def test_no_link_leads_off_the_site_and_no_text_becomes_markup(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path
) -> None:
    links = ",".join(f'{{ text: "{WORDS}", link: "{link}" }}' for link in LINKS)
    lines = f'[{links}, {{ text: "home", link: "guide/leaked-key/" }}]'
    notes = f'sentence: "{WORDS}", notes: ["{WORDS}"]'
    hands = f'wrong_hands: {{ text: "{WORDS}", link: "{LINKS[1]}" }}'
    more = f"{{ {notes}, next_steps: {lines}, {hands}, cannot_be_seen: {lines} }}"
    attack = f"""
      if (question.do === "begin") {{
        say(id, step([], {{ ended: true, report: report({more}) }}));
        return "silent";
      }}
    """
    with attacked(page, exchange, site_dir, tmp_path, attack=attack) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(checker.verdict).to_be_visible()
        home = page.url.removesuffix("checker/")
        hrefs = page.locator("#result a").evaluate_all("all => all.map(({ href }) => href)")
        own = f"{home}guide/check-the-key/#not-seen"  # the page's, with every report
        assert set(hrefs) == {f"{home}guide/leaked-key/", own}
        assert page.locator("#checker").locator("img, script, iframe").count() == 0
        assert page.title() != "run"


COMMAND = re.compile(
    r"""(curl|curl\.exe) -sS -X DELETE -H (['"])Authorization: HS256 [A-Za-z0-9+/]+=*\2 """
    r"""-w \2\\n%\{http_code\} %\{url_effective\}\\n\2 """
    r"""\2https://api\.hitbtc\.com/api/3/wallet/crypto/withdraw/[0-9a-f-]{36}\2"""
)
OTHER_COMMANDS = """
  const evil = { command: "curl evil", curl: "curl evil", windows: "evil", expires: 1e15,
                 message: "GET/api/3/spot/balance", fresh_id: "evil", id: "evil" };
  if (["begin", "paste", "look", "markdown"].includes(question.do)) {
    say(id, { ...USUAL[question.do], ...evil, problem: { text: "curl evil", ...evil } });
    return "silent";
  }
"""


def test_no_command_is_shown_but_the_template_and_no_clipboard_is_written(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path
) -> None:
    page.add_init_script("""
        self.copied = [];
        Clipboard.prototype.writeText = async (text) => { copied.push(text); };
        Clipboard.prototype.write = async ([item]) => {
          copied.push(await (await item.getType("text/plain")).text());
        };
    """)
    with attacked(page, exchange, site_dir, tmp_path, attack=OTHER_COMMANDS) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(page.locator("[data-command=curl]")).to_contain_text("HS256")
        for _ in range(2):
            for command in page.locator("[data-command]").all_text_contents():
                assert COMMAND.fullmatch(command), command
            checker.field("Answer from your terminal").fill("any")
            checker.press("Read answer")
            expect(page.locator("#answer-words")).to_have_text(
                "curl evil"
            )  # as words, and only there
        assert page.evaluate("self.copied") == []
        checker.press("Copy for macOS, Linux")
        expect(page.get_by_role("status")).to_have_text("The command is on the clipboard.")
        (copied_text,) = page.evaluate("self.copied")
        assert COMMAND.fullmatch(copied_text)


def told_until(checker: Checker, last: str) -> str:
    """All that Python was asked, once it was asked for the last of it."""
    end = monotonic() + CHECKING / 1000
    told = ""
    while last not in told.replace("\\", ""):
        assert monotonic() < end, told
        told = "\n".join(checker.python.evaluate("heard"))
    return told


def test_it_is_told_neither_key_nor_signature(
    page: Page, exchange: StandIn, site_dir: Path, tmp_path: Path
) -> None:
    curious = """
      if (question.do === "begin") {
        say(id, step([{ number: 1, probe: "login-trading", wait: 0 },
                      { number: 2, probe: "rollback", wait: 0 }]));
        return "silent";
      }
      if (question.do === "feed" && heard.length < 7) { say(id, step([])); return "silent"; }
    """
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in GOOD.api_key)
    error = f'{{"code":1003,"message":"{GOOD.api_key}","description":"{escaped}"}}'
    exchange.spoil("rest DELETE *", answered(403, f'{{"error":{error}}}'))
    with attacked(page, exchange, site_dir, tmp_path, attack=curious) as checker:
        checker.start_python().fill(GOOD).press("Check key")
        expect(checker.verdict).to_be_visible(timeout=CHECKING)
        expect(page.locator("[data-command=curl]")).to_contain_text("HS256")
        shown = page.locator("[data-command=curl]").text_content() or ""
        wrapped = re.sub("(.{40})", r"\1\n", f"$ {shown}\n{GOOD.api_key} {GOOD.api_key.lower()}")
        checker.field("Answer from your terminal").fill(wrapped)
        checker.press("Read answer")
        told = told_until(checker, '"paste"')
        signature = re.search("HS256 ([A-Za-z0-9+/=]+)", shown)
        assert signature
        assert "feed" in told
        assert "paste" in told
        assert "(the API key)" in told
        flat = told.replace("\\\\n", "")
        for part in (GOOD.api_key, signature[1], signature[1][:40], GOOD.secret):
            assert part.lower() not in flat.lower()
