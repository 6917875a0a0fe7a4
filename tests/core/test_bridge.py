"""The bridge from end to end: JSON in, JSON out, the rehearsal's exchange in between."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitbtc_keycheck import bridge, cases, rehearsal, render, report, words
from hitbtc_keycheck.bridge import handle
from hitbtc_keycheck.check import Reply, Request, Via
from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.requests import PROBES, Channel
from hitbtc_keycheck.settings import Setting
from hitbtc_keycheck.words import Words
from tests.core.world import BY_HAND, ENGLISH, FOREIGN, KEY, NOW, english

Data = dict[str, Any]

CONNECTED = rehearsal.scenario("all-fine")
BLOCKED = rehearsal.scenario("withdraw-by-hand")


def do(what: str, **data: object) -> Data:
    answer: Data = json.loads(handle(json.dumps({"do": what, **data})))
    return answer


def begin(*, withdraw: bool = True) -> Data:
    return do("begin", key_ends_in=KEY[-4:], now=NOW, withdraw=withdraw)


def request_of(named: Data) -> Request:
    """The request that the page was told, as the rehearsal's exchange wants it."""
    probe = next(probe for probe in PROBES if probe.name == named["probe"])
    return Request(number=named["number"], probe=probe)


def as_data(reply: Reply) -> Data:
    """A reply as the worker would write it."""
    return {
        "channel": reply.channel.value,
        "event": reply.event.value,
        "at": reply.at,
        "number": reply.number if reply.channel is Channel.REST else None,
        "status": reply.status,
        "text": reply.text,
        "online": reply.online,
    }


def steps(entry: Scenario) -> Iterator[Data]:
    """Every step of a check that the worker makes of a scenario's exchange."""
    step = begin(withdraw=entry.withdraw)
    yield step
    open_requests = list(step["requests"])
    while open_requests:
        named = request_of(open_requests.pop(0))
        reply = rehearsal.reply(entry.account, named, Via.SOCKETS, now=NOW)
        step = do("feed", reply=as_data(reply))
        open_requests += step["requests"]
        yield step


def finished(entry: Scenario) -> Data:
    *_, last = steps(entry)
    return last


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: entry.name)
def test_a_check_over_the_bridge_comes_to_what_the_scenario_says(entry: Scenario) -> None:
    *before, last = steps(entry)
    assert last["ended"]
    assert all(not step["ended"] and step["report"] is None for step in before)
    shown = last["report"]
    case = next(case for case in cases.CASES if case.name == entry.case)
    assert (shown["verdict"], shown["fault"], shown["headline"]) == (
        entry.verdict,
        entry.fault,
        english(case.headline),
    )
    states = {setting: row["state"] for setting, row in shown["rights"].items()}
    assert states == {setting: entry.expected(Setting(setting)) for setting in states}


def test_a_step_names_what_to_send_and_no_more() -> None:
    step = begin()
    assert step["progress"] == [0, 4]
    assert step["requests"] == [
        {"number": 1, "probe": "login-trading", "wait": 0},
        {"number": 2, "probe": "login-wallet", "wait": 0},
    ]
    assert list(step) == ["requests", "progress", "ended", "report"]


def test_too_many_requests_is_asked_once_more_after_a_pause_under_a_new_number() -> None:
    begin()
    busy = '{"error":{"code":429},"id":1}'
    reply = {"channel": "trading", "event": "answered", "at": NOW, "online": True, "text": busy}
    assert do("feed", reply=reply)["requests"] == [
        {"number": 3, "probe": "login-trading", "wait": 1500}
    ]


def test_what_could_not_be_sent_is_ours() -> None:
    begin()
    for channel, number in (("trading", 1), ("wallet", 2), ("rest", 3)):
        reply = {"channel": channel, "event": "unsent", "at": NOW, "number": number}
        step = do("feed", reply=reply)
    assert step["ended"]
    assert step["report"]["fault"] == "ours"


def test_the_names_of_requests_are_those_of_the_table() -> None:
    names = {
        entry["probe"]
        for scenario in SCENARIOS
        for step in steps(scenario)
        for entry in step["requests"]
    }
    assert names <= {probe.name for probe in PROBES}
    assert {"login-trading", "rollback", "reach"} <= names


def test_progress_is_told_at_each_step() -> None:
    assert [step["progress"] for step in steps(CONNECTED)] == [
        [0, 4],
        [0, 4],
        [0, 4],
        [1, 4],
        [2, 4],
        [3, 4],
        [4, 4],
    ]


def test_stopping_ends_the_check_with_a_report() -> None:
    begin()
    step = do("stop", event="cancelled", now=NOW + 3, online=True)
    assert step["ended"]
    assert step["requests"] == []
    assert step["report"]["headline"] == "You stopped the check"


def test_going_offline_is_told_apart() -> None:
    begin()
    step = do("stop", event="silent", now=NOW, online=False)
    assert step["report"]["fault"] == "network"


def usual_shape(**more: object) -> Data:
    return {
        "length": 32,
        "removed": 0,
        "stray": 0,
        "foreign": 0,
        "strange": "",
        "place": 0,
        "label": "",
        "gap": False,
        "values": 1,
        "doubled": False,
        "sample": False,
        "same": False,
        **more,
    }


def test_advice_is_given_before_anything_is_sent_and_stays_in_the_report() -> None:
    shown = do("advise", key=usual_shape(), secret=usual_shape(length=31))
    (advice,) = shown["advice"]
    assert (advice["field"], advice["stops"]) == ("Secret key", False)
    assert advice["text"] in finished(CONNECTED)["report"]["notes"]
    assert do("advise", key=usual_shape(), secret=usual_shape()) == {"advice": []}
    assert finished(CONNECTED)["report"]["notes"] == []


def test_the_label_of_the_other_field_stops() -> None:
    for label, stops in (("secret", [True]), ("key", [])):
        shown = do("advise", key=usual_shape(label=label), secret=usual_shape())
        assert [advice["stops"] for advice in shown["advice"]] == stops


def test_an_empty_field_stops() -> None:
    shown = do("advise", key=usual_shape(length=0), secret=usual_shape())
    assert [advice["stops"] for advice in shown["advice"]] == [True]


def pasted(text: str, awaited: str = BY_HAND) -> Data:
    return do("paste", text=text, awaited=awaited, now=NOW + 900)


@pytest.mark.parametrize(
    ("text", "verdict", "problem"),
    [
        ('{"error":{"code":1003}}', "connected", None),
        ('{"error":{"code":20004}}', "withdrawal-enabled", None),
        (f'{{"error":{{"code":1003}}}}\n403 https://x/withdraw/{BY_HAND}', "connected", None),
        ("", "undecided", "Nothing was pasted."),
        ('{"error":{"code":1002}}', "undecided", "HitBTC did not accept the signature"),
    ],
)
def test_what_is_pasted_settles_withdraw_or_says_why_not(
    text: str, verdict: str, problem: str | None
) -> None:
    finished(BLOCKED)
    shown = pasted(text)
    assert shown["report"]["verdict"] == verdict
    if problem is None:
        assert shown["problem"] is None
        assert shown["report"]["checked_at"] == "2026-11-18T11:06:40+00:00"
    else:
        assert shown["problem"]["text"].startswith(problem)
        assert shown["problem"]["fault"] == "paste"


def test_an_answer_that_settles_nothing_is_explained_beside_the_report() -> None:
    finished(BLOCKED)
    shown = pasted('{"error":{"code":429}}')
    assert shown["problem"]["fault"] == "exchange"
    assert shown["problem"]["text"].startswith("HitBTC had too many requests")


def test_only_the_answer_to_the_last_command_counts() -> None:
    finished(BLOCKED)
    text = f'{{"error":{{"code":1003}}}}\n403 https://x/withdraw/{FOREIGN}'
    assert pasted(text)["problem"]["text"].startswith("This answers an earlier")
    assert pasted(text, FOREIGN)["problem"] is None


def test_the_readers_own_word_is_kept_until_the_next_check() -> None:
    finished(BLOCKED)
    assert do("look", on=True)["report"]["verdict"] == "withdrawal-enabled"
    seen = do("look", on=False)["report"]
    assert (seen["verdict"], seen["rights"]["withdraw"]["found"]) == ("undecided", "Off")
    assert not finished(BLOCKED)["report"]["rights"]["withdraw"]["confirmed_by_you"]


def test_every_answer_is_in_the_language_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoken = {"zz": marked(), "en": ENGLISH}
    monkeypatch.setattr(bridge, "load", spoken.__getitem__)
    told = do("advise", key=usual_shape(gap=True), secret=usual_shape(), language="zz")
    assert told["advice"][0]["text"].startswith("zz There is a gap")
    assert told["advice"][0]["field"] == "API key"
    finished(BLOCKED)
    spoiled = do("paste", text="", awaited=BY_HAND, now=NOW, language="zz")
    assert spoiled["problem"]["text"].startswith("zz Nothing was pasted.")
    assert spoiled["report"]["headline"] == "zz One thing left: Withdraw"
    assert spoiled["report"]["verdict"] == "undecided"
    assert spoiled["report"]["rights"]["read"]["label"] == "Order book, History, Spot balance"
    assert "\nzz Next:\n" in do("markdown", language="zz")["markdown"]
    assert "\nNext:\n" in do("markdown")["markdown"]
    seen = do("rehearse", name="all-fine", now=NOW, language="zz")["seen"]
    assert seen[0]["about"].startswith("zz Log in")
    do("advise", key=usual_shape(), secret=usual_shape())


def marked() -> Words:
    """English, but each sentence begins with zz."""
    english = json.loads(Path(words.__file__).with_name("words").joinpath("en.json").read_text())
    return Words({g: {name: f"zz {text}" for name, text in english[g].items()} for g in english})


def test_the_markdown_is_that_of_the_report() -> None:
    (hint,) = do("advise", key=usual_shape(), secret=usual_shape(length=31))["advice"]
    finished(CONNECTED)
    markdown = do("markdown")["markdown"]
    assert markdown.startswith("## HitBTC API key ending in `6789`: Ready to connect\n")
    assert f"- Note: {hint['text']}\n" in markdown
    do("advise", key=usual_shape(), secret=usual_shape())


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: entry.name)
def test_a_rehearsal_shows_every_message_and_the_report(entry: Scenario) -> None:
    shown = do("rehearse", name=entry.name, now=NOW)
    assert shown["report"]["verdict"] == entry.verdict
    check = rehearsal.run(entry, now=NOW, via=Via.SOCKETS)
    assert shown["report"] == json.loads(
        json.dumps(
            render.as_data(
                report.report(check, (report.REHEARSED,), rehearsal.API_KEY[-4:]), ENGLISH
            )
        )
    )
    assert len(shown["seen"]) >= 2
    for line in shown["seen"]:
        assert line["frame"]
        assert line["answer"]


def test_a_rehearsed_message_leaves_the_signature_out() -> None:
    seen = do("rehearse", name="all-fine", now=NOW)["seen"]
    assert seen[0] == {
        "number": 1,
        "probe": "login-trading",
        "channel": "trading",
        "method": "login",
        "path": "/api/3/ws/trading",
        "about": "Log in with a signature: does the key work at all?",
        "frame": (
            '{"method": "login", "params": {"type": "HS256", '
            f'"api_key": "{rehearsal.API_KEY}", "timestamp": 0, "window": 60000, '
            '"signature": "\\u2026"}, "id": 1}'
        ),
        "answer": '{"result": true, "id": 1}',
    }
    assert seen[2]["frame"] == '{"method": "spot_balances", "params": {}, "id": 3}'
    assert seen[5]["frame"] == (f"DELETE /api/3/wallet/crypto/withdraw/{rehearsal.IDENTIFIER}")
    assert json.loads(seen[0]["answer"]) == {"result": True, "id": 1}
    silent = do("rehearse", name="no-answer", now=NOW)["seen"]
    assert {line["answer"] for line in silent} == {"HitBTC did not answer in time."}


def test_a_rehearsal_says_nothing_of_an_earlier_pair() -> None:
    do("advise", key=usual_shape(length=31), secret=usual_shape())
    finished(BLOCKED)
    assert do("rehearse", name="all-fine", now=NOW)["report"]["notes"] == [
        "A rehearsal with a made-up key"
    ]
    assert do("rehearse", name="all-fine", now=NOW)["report"]["key_ends_in"] == "0000"


def test_the_report_of_a_rehearsal_says_first_that_it_is_one() -> None:
    do("rehearse", name="all-fine", now=NOW)
    markdown = do("markdown")["markdown"]
    assert markdown.startswith("## A rehearsal with a made-up key: Ready to connect\n")
    do("rehearse", name="wrong-secret", now=NOW)
    assert do("markdown")["markdown"].startswith("## A rehearsal with a made-up key: HitBTC does")
    finished(CONNECTED)
    assert "ehearsal" not in do("markdown")["markdown"]


def test_what_there_is_not_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        do("no such thing")
    with pytest.raises(KeyError):
        do("rehearse", name="no such situation", now=NOW)


def test_a_fresh_worker_knows_nothing_of_a_check() -> None:
    fresh = bridge._Session()
    with pytest.raises(LookupError, match="no check has begun"):
        fresh.markdown({})
    fresh.begin({"key_ends_in": "", "now": NOW, "withdraw": True})
    assert "Note" not in fresh.markdown({})["markdown"]


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: entry.name)
def test_of_the_key_no_more_than_its_end_comes_back_and_only_where_it_logged_in(
    entry: Scenario,
) -> None:
    for step in steps(entry):
        shown = step["report"]
        if shown:
            logged_in = shown["rights"]["status"]["state"] == "as-required"
            assert shown["key_ends_in"] == (KEY[-4:] if logged_in else "")
