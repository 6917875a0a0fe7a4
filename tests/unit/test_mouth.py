"""The browser's mouth from end to end: JSON in, JSON out, the rehearsal's exchange in between."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from hitbtc_keycheck import browser, rehearsal, report
from hitbtc_keycheck.browser import handle
from hitbtc_keycheck.check import Reply, Request, Via
from hitbtc_keycheck.probes import PROBES, Channel
from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.rights import Right
from tests.unit.world import BY_HAND, FRESH, KEY, NOW

Data = dict[str, Any]

SIGNATURE = "ab" * 32
CONNECTED = rehearsal.scenario("all-fine")
BLOCKED = rehearsal.scenario("withdraw-by-hand")


def do(what: str, **data: object) -> Data:
    answer: Data = json.loads(handle(json.dumps({"do": what, **data})))
    return answer


def begin(*, withdraw: bool = True) -> Data:
    return do("begin", api_key=KEY, now=NOW, fresh_id=FRESH, withdraw=withdraw)


def probe_of(shown: Data) -> Request:
    """The request that the worker was shown, as the rehearsal's exchange wants it."""
    probe = next(
        probe
        for probe in PROBES
        if probe.channel == shown["channel"]
        and probe.method == shown["method"]
        and probe.path.replace("{id}", FRESH) in (shown["path"], "")
    )
    return Request(
        number=shown["number"], probe=probe, api_key=KEY, timestamp=NOW, identifier=FRESH
    )


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
        shown = open_requests.pop(0)
        if shown["message"]:
            do("compose", number=shown["number"], signature=SIGNATURE)
        reply = rehearsal.reply(entry.account, probe_of(shown), Via.SOCKETS)
        step = do("feed", reply=as_data(reply))
        open_requests += step["requests"]
        yield step


def finished(entry: Scenario) -> Data:
    *_, last = steps(entry)
    return last


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: entry.name)
def test_a_check_through_the_mouth_comes_to_what_the_scenario_says(entry: Scenario) -> None:
    *before, last = steps(entry)
    assert last["ended"]
    assert all(not step["ended"] and step["report"] is None for step in before)
    shown = last["report"]
    assert (shown["verdict"], shown["fault"], shown["sentence"]) == (
        entry.verdict,
        entry.fault,
        entry.sentence,
    )
    states = {right: row["state"] for right, row in shown["rights"].items()}
    assert states == {right: entry.expected(Right(right)) for right in states}


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: entry.name)
def test_each_request_is_told_of_once_in_the_ledger(entry: Scenario) -> None:
    sent = [shown["number"] for step in steps(entry) for shown in step["requests"]]
    told = [line["number"] for step in steps(entry) for line in step["told"]]
    answered = [number for number in sent if number in told]
    assert len(told) == len(set(told))
    assert answered == sent


def test_the_first_step_shows_what_to_send() -> None:
    step = begin()
    assert step["progress"] == [0, 4]
    assert step["told"] == []
    assert step["requests"][0] == {
        "number": 1,
        "channel": "trading",
        "method": "login",
        "path": "/api/3/ws/trading",
        "about": "Log in with a signature: does the key work at all?",
        "message": f"{NOW}60000",
        "frame": None,
        "wait": 0,
    }


def test_what_needs_no_signature_comes_with_its_frame() -> None:
    requests = [shown for step in steps(CONNECTED) for shown in step["requests"]]
    frames = {shown["method"]: shown["frame"] for shown in requests}
    assert frames == {
        "login": None,
        "spot_balances": '{"method": "spot_balances", "params": {}, "id": 3}',
        "spot_fees": '{"method": "spot_fees", "params": {}, "id": 4}',
        "wallet_balances": '{"method": "wallet_balances", "params": {}, "id": 6}',
        "DELETE": None,
    }
    unsigned = [shown["method"] for shown in requests if not shown["message"]]
    assert unsigned == ["spot_balances", "spot_fees", "wallet_balances"]


def test_the_public_socket_is_only_opened() -> None:
    requests = [
        shown
        for step in steps(rehearsal.scenario("unreachable"))
        for shown in step["requests"]
        if shown["channel"] == "public"
    ]
    assert [(shown["method"], shown["frame"], shown["message"]) for shown in requests] == [
        ("", None, None)
    ]


def test_the_ledger_is_told_in_short() -> None:
    words = [line["words"] for step in steps(CONNECTED) for line in step["told"]]
    assert words == ["result", "result", "result", "result", "403 / 1003", "result"]


def test_a_signature_becomes_a_frame_or_a_header() -> None:
    begin()
    composed = do("compose", number=1, signature=SIGNATURE)
    assert json.loads(composed["frame"])["params"]["signature"] == SIGNATURE
    finished(CONNECTED)
    composed = do("compose", number=5, signature=SIGNATURE)
    assert list(composed) == ["authorization"]
    inside = composed["authorization"].removeprefix("HS256 ")
    assert base64.b64decode(inside).decode() == f"{KEY}:{SIGNATURE}:{NOW + 40}:60000"


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
    assert step["report"]["sentence"].startswith("You stopped the check")
    assert {line["words"] for line in step["told"]} == {"cancelled"}
    assert do("stop", event="silent", now=NOW + 3, online=False)["told"] == []


def test_going_offline_is_told_apart() -> None:
    begin()
    step = do("stop", event="silent", now=NOW, online=False)
    assert step["report"]["fault"] == "network"


def usual_shape(**more: object) -> Data:
    return {
        "length": 32,
        "removed": 0,
        "stray": 0,
        "gap": False,
        "doubled": False,
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


def test_an_empty_field_stops() -> None:
    shown = do("advise", key=usual_shape(length=0), secret=usual_shape())
    assert [advice["stops"] for advice in shown["advice"]] == [True]


def prepared(identifier: str = BY_HAND, now: int = NOW + 500) -> Data:
    message = do("prepare", now=now, fresh_id=identifier)["message"]
    return {"message": message, **do("command", signature=SIGNATURE)}


def test_the_command_is_made_for_both_shells_and_says_when_it_dies() -> None:
    finished(BLOCKED)
    made = prepared()
    path = f"/api/3/wallet/crypto/withdraw/{BY_HAND}"
    assert made["message"] == f"DELETE{path}{NOW + 500}60000"
    assert made["expires"] == NOW + 500 + 60_000
    assert made["curl"].startswith("curl -sS -X DELETE -H 'Authorization: HS256 ")
    assert made["windows"].startswith('curl.exe -sS -X DELETE -H "Authorization: HS256 ')
    inside = base64.b64encode(f"{KEY}:{SIGNATURE}:{NOW + 500}:60000".encode()).decode()
    for shell in ("curl", "windows"):
        assert f"Authorization: HS256 {inside}" in made[shell]
        assert f"https://api.hitbtc.com{path}" in made[shell]


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
    prepared()
    shown = do("paste", text=text, now=NOW + 900)
    assert shown["report"]["verdict"] == verdict
    if problem is None:
        assert shown["problem"] is None
        assert shown["report"]["checked_at"] == "2026-11-18T11:06:40+00:00"
    else:
        assert shown["problem"]["text"].startswith(problem)
        assert shown["problem"]["fault"] == "paste"


def test_an_answer_that_settles_nothing_is_explained_beside_the_report() -> None:
    finished(BLOCKED)
    prepared()
    shown = do("paste", text='{"error":{"code":429}}', now=NOW)
    assert shown["problem"]["fault"] == "exchange"
    assert shown["problem"]["text"].startswith("HitBTC had too many requests")


def test_only_the_answer_to_the_last_command_counts() -> None:
    finished(BLOCKED)
    prepared()
    prepared(FRESH)
    text = f'{{"error":{{"code":1003}}}}\n403 https://x/withdraw/{BY_HAND}'
    assert do("paste", text=text, now=NOW)["problem"]["text"].startswith("This answers an earlier")


def test_the_readers_own_word_is_kept_until_the_next_check() -> None:
    finished(BLOCKED)
    assert do("look", on=True)["report"]["verdict"] == "withdrawal-enabled"
    seen = do("look", on=False)["report"]
    assert (seen["verdict"], seen["rights"]["withdraw"]["found"]) == ("undecided", "Off")
    assert not finished(BLOCKED)["report"]["rights"]["withdraw"]["confirmed_by_you"]


def test_the_markdown_is_that_of_the_report() -> None:
    (hint,) = do("advise", key=usual_shape(), secret=usual_shape(length=31))["advice"]
    finished(CONNECTED)
    markdown = do("markdown")["markdown"]
    assert markdown.startswith("## HitBTC API key ending in `6789`: connected\n")
    assert f"- Note: {hint['text']}\n" in markdown
    do("advise", key=usual_shape(), secret=usual_shape())


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: entry.name)
def test_a_rehearsal_shows_every_message_and_the_report(entry: Scenario) -> None:
    shown = do("rehearse", name=entry.name, now=NOW)
    assert shown["report"]["verdict"] == entry.verdict
    check = rehearsal.run(entry, now=NOW, via=Via.SOCKETS)
    assert shown["report"] == json.loads(json.dumps(report.as_data(report.report(check))))
    assert len(shown["seen"]) >= 2
    for line in shown["seen"]:
        assert line["frame"]
        assert line["answer"]


def test_a_rehearsed_message_leaves_the_signature_out() -> None:
    seen = do("rehearse", name="all-fine", now=NOW)["seen"]
    assert json.loads(seen[0]["frame"])["params"]["signature"] == "…"
    assert seen[2]["frame"] == '{"method": "spot_balances", "params": {}, "id": 3}'
    assert seen[5]["frame"] == (f"DELETE /api/3/wallet/crypto/withdraw/{rehearsal.IDENTIFIER}")
    assert json.loads(seen[0]["answer"]) == {"result": True, "id": 1}
    silent = do("rehearse", name="no-answer", now=NOW)["seen"]
    assert {line["answer"] for line in silent} == {"silent"}


def test_a_rehearsal_says_nothing_of_an_earlier_pair() -> None:
    do("advise", key=usual_shape(length=31), secret=usual_shape())
    finished(BLOCKED)
    prepared()
    assert do("rehearse", name="all-fine", now=NOW)["report"]["notes"] == []
    assert do("rehearse", name="all-fine", now=NOW)["report"]["key_ends_in"] == "0000"
    with pytest.raises(LookupError, match="no command was made"):
        do("paste", text="", now=NOW)
    with pytest.raises(KeyError):
        do("compose", number=1, signature=SIGNATURE)


def test_a_new_check_forgets_the_command_of_the_last() -> None:
    finished(BLOCKED)
    prepared()
    begin()
    with pytest.raises(LookupError, match="no command was made"):
        do("command", signature=SIGNATURE)


def test_what_there_is_not_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        do("no such thing")
    with pytest.raises(KeyError):
        do("rehearse", name="no such situation", now=NOW)


def test_a_fresh_worker_knows_nothing_of_a_check() -> None:
    fresh = browser._Session()
    with pytest.raises(LookupError, match="no check has begun"):
        fresh.markdown({})
    with pytest.raises(LookupError, match="no command was made"):
        fresh.command({"signature": SIGNATURE})
    with pytest.raises(KeyError):
        fresh.compose({"number": 1, "signature": SIGNATURE})
    fresh.begin({"api_key": KEY, "now": NOW, "fresh_id": FRESH, "withdraw": True})
    assert "Note" not in fresh.markdown({})["markdown"]


def test_no_full_key_leaves_the_mouth_but_in_what_is_sent() -> None:
    for entry in SCENARIOS:
        for step in steps(entry):
            assert KEY not in json.dumps(step)
        assert KEY not in json.dumps(do("markdown"))
