"""What is amiss around the command ends in a sentence, not in a status that is a verdict's."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hitbtc_keycheck import cli
from hitbtc_keycheck.rehearsal import SCENARIOS
from tests.command.command import (
    COMMAND,
    GOOD,
    PAIR,
    WITHIN,
    ending,
    run,
    surroundings,
    tells_nothing,
)
from tests.exchange import standin
from tests.exchange.accounts import NAMED
from tests.exchange.proxies import by_socks
from tests.exchange.standin import StandIn

NOWHERE = "https://exchange.invalid"  # a name that nobody can have (RFC 2606)
DEAD = "http://127.0.0.1:9"


@pytest.fixture
def exchange() -> Iterator[StandIn]:
    with StandIn(NAMED.values(), tls=False) as running:
        yield running


UNUSABLE = [
    ("ALL_PROXY", "socks4://reader:password@127.0.0.1:9"),
    ("HTTPS_PROXY", "ftp://reader:password@127.0.0.1"),
    ("HTTPS_PROXY", "http://password:port"),
    ("https_proxy", "http://reader:password@127.0.0.1:9\n"),
    ("NO_PROXY", "localhost,password::1/128"),
    ("SSL_CERT_FILE", "no-such-password.pem"),
    ("SSL_CERT_FILE", "pyproject.toml"),
    ("SSL_CERT_DIR", "no-such-password"),
    ("SSLKEYLOGFILE", "no-such-password/keys"),
]


@pytest.mark.parametrize(("name", "value"), UNUSABLE)
@pytest.mark.parametrize("doctor", [False, True])
def test_a_setting_that_cannot_be_used_is_named_without_its_value(
    doctor: bool, name: str, value: str, tmp_path: Path
) -> None:
    maintainers = ["doctor", "--yes", "--without-key", "--into", str(tmp_path)]
    mine = maintainers if doctor else ["--json"]
    done = run(*mine, "--api", NOWHERE, stdin=PAIR, variables={name: value})
    assert done.returncode == 70
    assert done.stderr.count("\n") == 1
    assert name.upper() in done.stderr
    assert "password" not in done.stdout + done.stderr
    assert tells_nothing(done)


def test_a_socks_proxy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standin, "HOSTS", ("exchange.invalid",))
    with (
        StandIn(NAMED.values()) as exchange,
        by_socks("exchange.invalid", exchange.port) as (proxy, asked),
    ):
        variables = {"ALL_PROXY": proxy, "SSL_CERT_FILE": str(exchange.ca_pem_path)}
        done = run("--api", NOWHERE, stdin=PAIR, variables=variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert set(asked) == {"exchange.invalid"}
    assert exchange.log


@pytest.mark.parametrize("proxy", [DEAD, "ftp://127.0.0.1"])
def test_to_this_machine_itself_no_proxy_is_used(exchange: StandIn, proxy: str) -> None:
    names = ("http_proxy", "HTTPS_PROXY", "ALL_PROXY")
    done = run("--api", exchange.url, stdin=PAIR, variables=dict.fromkeys(names, proxy))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_proxy_that_does_not_answer_is_named() -> None:
    done = run("--json", "--api", NOWHERE, stdin=PAIR, variables={"HTTPS_PROXY": DEAD})
    found = json.loads(done.stdout)
    assert (done.returncode, found["fault"]) == (2, "network")
    assert any("HTTPS_PROXY" in note for note in found["notes"])


def test_a_certificate_that_nobody_trusts_is_called_that_and_gets_nothing() -> None:
    with StandIn(NAMED.values()) as between:
        done = run("--json", "--api", between.url, stdin=PAIR)
        assert not between.log
    found = json.loads(done.stdout)
    assert (done.returncode, found["fault"]) == (2, "network")
    assert "certificate" in json.dumps(found)


# --- Outputs ---


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "cp1252"},
        {"PYTHONIOENCODING": "iso8859-7:strict"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_mark_that_the_output_lacks_is_written_with_what_it_has(
    variables: dict[str, str],
) -> None:
    done = run("--rehearse", "email-not-confirmed", variables=variables)
    assert (done.returncode, done.stderr) == (1, "")
    assert "+ as required" in done.stdout
    assert "x not as required" in done.stdout


@pytest.mark.parametrize("name", [entry.name for entry in SCENARIOS if not entry.page_only])
def test_every_rehearsal_can_be_printed_in_ascii(name: str) -> None:
    wanted = run("--rehearse", name)
    done = run("--rehearse", name, variables={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (wanted.returncode, "")


def closed() -> int:
    """A pipe that nobody reads any more."""
    reading, writing = os.pipe()
    os.close(reading)
    return writing


PRINTING = [
    ["--rehearse", "all-fine"],
    ["--rehearse", "all-fine", "--json"],
    ["--help"],
    ["--version"],
    ["doctor", "--help"],
]


@pytest.mark.parametrize("arguments", PRINTING)
@pytest.mark.parametrize("full", [False, True])
def test_an_output_that_takes_nothing_is_said(arguments: list[str], full: bool) -> None:
    output = os.open("/dev/full", os.O_WRONLY) if full else closed()
    done = subprocess.run(
        [*COMMAND, *arguments],
        stdout=output,
        stderr=subprocess.PIPE,
        env=surroundings(),
        text=True,
        timeout=WITHIN,
        check=False,
    )
    os.close(output)
    assert done.returncode == 70
    assert done.stderr.startswith("The output could not be written to its end")
    assert done.stderr.count("\n") == 1


def test_the_doctors_output_that_takes_nothing_is_said(exchange: StandIn, tmp_path: Path) -> None:
    options = ["--yes", "--without-key", "--api", exchange.url, "--into", str(tmp_path)]
    output = closed()
    done = subprocess.run(
        [*COMMAND, "doctor", *options],
        stdout=output,
        stderr=subprocess.PIPE,
        env=surroundings(PYTHONUNBUFFERED="1"),
        text=True,
        timeout=WITHIN,
        check=False,
    )
    os.close(output)
    assert (done.returncode, done.stderr.count("\n")) == (70, 1)


@pytest.mark.parametrize(("arguments", "status"), [([], 0), (["--json"], 0), (["--unknown"], 64)])
@pytest.mark.parametrize("open_at_all", [True, False])
def test_where_nobody_reads_its_errors_it_ends_as_ever(
    exchange: StandIn, arguments: list[str], status: int, open_at_all: bool
) -> None:
    output = closed()
    command = [*COMMAND, "--api", exchange.url, *arguments]
    done = subprocess.run(
        command if open_at_all else ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *command],
        input=PAIR,
        stdout=subprocess.PIPE,
        stderr=output,
        env=surroundings(),
        text=True,
        timeout=WITHIN,
        check=False,
    )
    os.close(output)
    assert done.returncode == status
    assert bool(done.stdout) == (status == 0)


# --- Standard input ---


def test_a_pipe_that_stays_open_is_told_what_is_awaited(exchange: StandIn) -> None:
    command = subprocess.Popen(
        [*COMMAND, "--api", exchange.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=surroundings(),
        text=True,
    )
    with command, ending(command):
        assert command.stderr
        assert "two lines" in command.stderr.readline()
        assert not exchange.log
        command.communicate(PAIR)
    assert command.returncode == 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_pipe_is_read_by_its_byte_order_mark(exchange: StandIn, encoding: str, ends: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    came = (mark + PAIR.replace("\n", ends)).encode(encoding)
    done = run("--json", "--api", exchange.url, stdin=came)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["notes"] == []


@pytest.mark.parametrize(
    "came", [PAIR.encode("utf-16-le"), b"\xff\xfe\x00", b"caf\xe9\nsecret\n", b"\0\n\0\n"]
)
def test_what_is_no_text_is_not_sent(exchange: StandIn, came: bytes) -> None:
    done = run("--api", exchange.url, stdin=came)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (64, "", 1)
    assert tells_nothing(done)
    assert not exchange.log


def test_a_terminal_that_would_show_what_is_typed_is_not_asked_at() -> None:
    """Python's own way is a warning and a prompt that echoes."""
    ours, theirs = pty.openpty()
    code = "import termios\ndef tcgetattr(_): raise termios.error\ntermios.tcgetattr = tcgetattr"
    whole = f"import sys\nfrom hitbtc_keycheck import cli, connection, printing\n{code}\n{MAIN}"
    done = subprocess.run(
        [sys.executable, "-c", whole],
        stdin=theirs,
        capture_output=True,
        env=surroundings(),
        start_new_session=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (70, "", 1)
    assert "cannot hide what is typed" in done.stderr


def test_no_standard_input_at_all_is_wrong_usage() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *COMMAND],
        capture_output=True,
        env=surroundings(),
        text=True,
        timeout=WITHIN,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (64, 1)
    assert "two lines" in done.stderr


# --- A pair that must not be sent ---


@pytest.mark.parametrize(
    ("api_key", "secret", "fields"),
    [
        ('""', "''", ["API key field is", "Secret key field is"]),
        (f"Secret key: {GOOD.secret}", f"API key: {GOOD.api_key}", ["API key", "Secret key"]),
        (f"Secret: {GOOD.secret}", GOOD.secret, ["API key", "same text"]),
        (f"{GOOD.api_key}:{GOOD.secret}", GOOD.secret, ["API key field holds two values"]),
        (f"{GOOD.api_key} {GOOD.secret}", GOOD.secret, ["API key field holds two values"]),
        (GOOD.secret, GOOD.secret, ["same text"]),
        ("YOUR-API-KEY", "********", ["API key field holds a", "Secret key field holds a"]),
    ],
)
@pytest.mark.parametrize("by_variables", [False, True])
def test_all_that_stops_a_pair_is_said_and_nothing_is_sent(
    exchange: StandIn, *, api_key: str, secret: str, fields: list[str], by_variables: bool
) -> None:
    pair = {"HITBTC_API_KEY": api_key, "HITBTC_SECRET_KEY": secret}
    lines = "\n".join(pair.values())
    stdin, variables = ("", pair) if by_variables else (lines, {})
    done = run("--api", exchange.url, stdin=stdin, variables=variables)
    assert (done.returncode, done.stdout) == (64, "")
    said = done.stderr.splitlines()
    assert [field in line for field, line in zip(fields, said, strict=True)] == [True] * len(fields)
    assert tells_nothing(done)
    assert not exchange.log


# --- What nobody thought of ---

FAILING = """
def fail(*_):
    raise RuntimeError(os.environ["HITBTC_API_KEY"] + os.environ["HITBTC_SECRET_KEY"])

{name} = fail
"""


@pytest.mark.parametrize(
    "name", ["cli.pair", "connection._limited", "cli.report", "printing._print"]
)
def test_a_failure_of_its_own_is_one_sentence_without_the_errors_words(
    exchange: StandIn, name: str
) -> None:
    """Also where it is in the thread that sends a request: it is not the exchange's silence."""
    done = run_altered(FAILING.format(name=name), "--api", exchange.url)
    assert (done.returncode, done.stdout) == (70, "")
    assert done.stderr.startswith("hitbtc-keycheck itself failed")
    assert "(RuntimeError in <string>, line " in done.stderr
    assert done.stderr.count("\n") == 1
    assert tells_nothing(done)


WAITING_ONCE = """
def once(line, block=True, timeout=None, get=queue.Queue.get, waits=[]):
    waits.append(timeout)
    assert len(waits) == 1, "waited for an answer to nothing"
    return get(line, block, timeout)

queue.Queue.get = once
"""


def test_after_a_refused_pair_nobody_is_waited_for(exchange: StandIn) -> None:
    """One answer is all that comes, so it is all that is waited for."""
    wrong = {"HITBTC_SECRET_KEY": GOOD.secret[::-1]}
    done = run_altered(WAITING_ONCE, "--json", "--api", exchange.url, **wrong)
    assert done.returncode == 1
    assert json.loads(done.stdout)["verdict"] == "invalid"
    assert len(exchange.log) == 1


def run_altered(code: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command with the good pair, after `code` has altered something in it."""
    pair = {"HITBTC_API_KEY": GOOD.api_key, "HITBTC_SECRET_KEY": GOOD.secret}
    imported = "import os, queue, sys\nfrom hitbtc_keycheck import cli, connection, printing"
    whole = f"{imported}\n{code}\n{MAIN}"
    return subprocess.run(
        [sys.executable, "-c", whole, *arguments],
        capture_output=True,
        env=surroundings(**(pair | variables)),
        text=True,
        timeout=WITHIN,
        check=False,
    )


MAIN = "sys.exit(cli.main(sys.argv[1:]))"


# --- The statuses, as they are told ---


@pytest.mark.parametrize(
    ("arguments", "page", "told"),
    [
        (["--help"], "docs/en/about/terminal.md", {0, 1, 2, 64, 70}),
        (["doctor", "--help"], "docs/en/maintainers/release.md", {0, 2, 3, 64, 70}),
    ],
)
def test_the_help_and_the_page_tell_the_same_statuses(
    arguments: list[str], page: str, told: set[int]
) -> None:
    shown = run(*arguments).stdout.partition("Exit status:")[2]
    assert {int(number) for number in re.findall(r"\b\d+\b", shown)} == told
    rows = re.findall(r"^\| (\d+) \|", Path(page).read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(number) for number in rows} - {cli.INTERRUPTED} == told


# --- Where it was asked ---


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_another_address_than_the_exchanges_is_named(
    exchange: StandIn, json_option: list[str]
) -> None:
    done = run(*json_option, "--api", f"{exchange.url}/", stdin=PAIR)
    assert exchange.url in done.stdout
    if json_option:
        assert json.loads(done.stdout)["api"] == exchange.url


def test_a_rehearsal_names_no_address() -> None:
    assert json.loads(run("--json", "--rehearse", "all-fine").stdout)["api"] is None
    assert "Asked at" not in run("--rehearse", "all-fine").stdout
