"""The command as it is typed: where key and secret may come from, what it prints, how it ends."""

import json
import os
import pty
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from hitbtc_keycheck.rehearsal import SCENARIOS, Scenario
from hitbtc_keycheck.settings import Setting
from tests.command.command import COMMAND, GOOD, PAIR, ending, run
from tests.exchange.accounts import NAMED, Account
from tests.exchange.faults import answered, instead
from tests.exchange.standin import StandIn


@pytest.fixture
def exchange() -> Iterator[StandIn]:
    with StandIn(NAMED.values(), tls=False) as running:
        yield running


def check(exchange: StandIn, account: Account, *arguments: str) -> tuple[int, dict[str, object]]:
    pair = f"{account.api_key}\n{account.secret}\n"
    done = run("--json", "--api", exchange.url, *arguments, stdin=pair)
    return done.returncode, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "status", "verdict"),
    [
        ("as-required", 0, "connected"),
        ("withdraw-on", 1, "withdrawal-enabled"),
        ("email-not-confirmed", 1, "incorrect-permissions"),
        ("nothing-ticked", 1, "incorrect-permissions"),
        ("ip-whitelisted", 1, "incorrect-permissions"),
        ("switched-off", 1, "invalid"),
        ("frozen", 2, "undecided"),
    ],
)
def test_the_verdict_is_the_exit_status(
    exchange: StandIn, name: str, status: int, verdict: str
) -> None:
    found = check(exchange, NAMED[name])
    assert (found[0], found[1]["verdict"]) == (status, verdict)
    assert not exchange.violations


def test_no_withdraw_sends_nothing_but_reads(exchange: StandIn) -> None:
    assert check(exchange, NAMED["withdraw-on"], "--no-withdraw")[1]["verdict"] == "undecided"
    assert all(" GET " in heard.name for heard in exchange.log)


def test_an_exchange_that_says_nothing_ends_the_check_in_time(exchange: StandIn) -> None:
    exchange.spoil("*", instead())
    began = time.monotonic()
    status, found = check(exchange, GOOD)
    assert time.monotonic() - began < 15  # the contract's bound, not a measure of speed
    assert (status, found["fault"]) == (2, "exchange")


def test_nobody_listening_is_the_networks_doing() -> None:
    with StandIn(tls=False) as gone:
        address = gone.url
    done = run("--json", "--api", address, stdin=PAIR)
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"], found["fault"]) == (2, "undecided", "network")


def test_a_key_that_an_answer_repeats_is_in_no_report(exchange: StandIn) -> None:
    body = json.dumps({"error": {"code": 10021, "message": f"Key {GOOD.api_key} is frozen"}})
    exchange.spoil("*", answered(400, body))
    found = json.dumps(check(exchange, GOOD)[1], ensure_ascii=False)
    assert "Key … is frozen" in found
    assert GOOD.api_key not in found


def test_a_wrong_clock_is_told_by_the_answers_date(exchange: StandIn) -> None:
    exchange.skew = -7_200_000
    found = check(exchange, GOOD)[1]
    assert (found["verdict"], found["fault"]) == ("undecided", "network")


def test_the_pair_may_come_from_two_variables(exchange: StandIn) -> None:
    pair = {"HITBTC_API_KEY": GOOD.api_key, "HITBTC_SECRET_KEY": GOOD.secret}
    assert run("--api", exchange.url, variables=pair).returncode == 0


def test_a_prompt_does_not_echo(exchange: StandIn) -> None:
    """On a terminal of its own the command asks, and shows nothing of what is typed."""
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        [*COMMAND, "--json", "--api", exchange.url],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "PYTHONPATH": "validator"},
        start_new_session=True,
    )
    with command, ending(command):
        os.close(theirs)
        shown = b""
        for asked, typed in ((b"API key: ", GOOD.api_key), (b"Secret key: ", GOOD.secret)):
            while not shown.endswith(asked):
                shown += os.read(ours, 1)
            os.write(ours, f"{typed}\n".encode())
        found = json.loads(command.communicate()[0])
    os.close(ours)
    assert found["verdict"] == "connected"
    assert GOOD.secret.encode() not in shown
    assert GOOD.api_key.encode() not in shown


@pytest.mark.parametrize(
    ("arguments", "stdin", "variables", "words"),
    [
        ([], "", {}, "two lines"),
        ([], "only-one-line\n", {}, "two lines"),
        ([], "one\ntwo\nthree\n", {}, "two lines"),
        ([], f'"  "\n{GOOD.secret}\n', {}, "API key field is empty"),
        ([], "", {"HITBTC_API_KEY": "k"}, "HITBTC_SECRET_KEY is missing"),
        ([], "", {"HITBTC_SECRET_KEY": "s"}, "HITBTC_API_KEY is missing"),
        (["--unknown"], PAIR, {}, "never taken from arguments"),
        (["--rehearse", "no-such"], "", {}, "all-fine"),
        (["--api", "http://api.hitbtc.com"], PAIR, {}, "https"),
        (["--api", "https://user:word@api.hitbtc.com"], PAIR, {}, "https"),
        (["--api", "nonsense"], PAIR, {}, "https"),
        (["--api", "http://[::1"], PAIR, {}, "https"),
    ],
)
def test_wrong_usage_is_one_sentence_and_64(
    arguments: list[str], stdin: str, variables: dict[str, str], words: str
) -> None:
    done = run(*arguments, stdin=stdin, variables=variables)
    assert (done.returncode, done.stdout) == (64, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_message_repeats_an_argument() -> None:
    done = run(GOOD.api_key, GOOD.secret, f"--secret={GOOD.secret}")
    assert done.returncode == 64
    assert GOOD.secret not in done.stdout + done.stderr
    assert GOOD.api_key not in done.stdout + done.stderr


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_no_output_holds_the_secret_or_the_whole_key(
    exchange: StandIn, json_option: list[str]
) -> None:
    done = run("--api", exchange.url, *json_option, stdin=PAIR)
    assert "connected" in done.stdout.lower()
    assert GOOD.secret not in done.stdout + done.stderr
    assert GOOD.api_key not in done.stdout + done.stderr


@pytest.mark.parametrize("entry", SCENARIOS, ids=lambda entry: str(entry.name))
def test_a_rehearsal_comes_out_as_its_table_says(entry: Scenario) -> None:
    if entry.page_only:
        assert run("--rehearse", entry.name).returncode == 64
        return
    found = json.loads(run("--json", "--rehearse", entry.name).stdout)
    assert (found["verdict"], found["fault"]) == (entry.verdict, entry.fault)
    states = {right: row["state"] for right, row in found["rights"].items()}
    assert states == {right.value: entry.expected(right).value for right in Setting}


def test_a_table_for_people_names_each_box_and_what_to_do_next(exchange: StandIn) -> None:
    account = replace(GOOD, rights=frozenset({"read"}))
    exchange.accounts[GOOD.api_key] = account
    printed = run("--api", exchange.url, stdin=PAIR).stdout
    for words in ("Payment information", "not as required", "Next", "email", "cannot be seen"):
        assert words in printed
