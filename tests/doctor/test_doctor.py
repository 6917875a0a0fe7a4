"""The doctor asks only what the table allows, after a yes, and keeps nothing that could hurt."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hitbtc_keycheck import doctor, terminal
from hitbtc_keycheck.observations import Unknown
from hitbtc_keycheck.probes import PATHS, PROBES
from tests.exchange.accounts import NAMED, Account
from tests.exchange.faults import Fault, Step, answered, instead
from tests.exchange.oracle import Answer
from tests.exchange.standin import StandIn

KEYLESS = ("--yes", "--without-key")
FORM = {
    "as-required": "on on on on off disabled",
    "withdraw-on": "on on on on on disabled",
    "nothing-ticked": "on off off off off disabled",
    "switched-off": "off on on on off disabled",
    "ip-whitelisted": "on on on on off others only",
}

type Rows = dict[str, str | None]


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def plain() -> Iterator[StandIn]:
    with StandIn(NAMED.values(), tls=False) as exchange:
        yield exchange


@pytest.fixture
def run(plain: StandIn, tmp_path: Path) -> Callable[..., int]:
    def run(*options: str) -> int:
        return terminal.main(["doctor", "--api", plain.url, "--into", str(tmp_path), *options])

    return run


def rows(folder: Path) -> Rows:
    """The rows of the latest observation."""
    found = json.loads(sorted(folder.glob("*.json"))[-1].read_text())
    return {row["unknown"]: row["answer"] for row in found["rows"]}


def types(monkeypatch: pytest.MonkeyPatch, account: Account, form: str) -> None:
    """Let somebody with this key sit at the keyboard."""
    status, read, trade, payment, withdraw, whitelist = form.split(maxsplit=5)
    said = iter([status, read, trade, payment, withdraw, whitelist])
    typed = iter([account.api_key, account.secret])
    monkeypatch.setattr("builtins.input", lambda _question: next(said))
    monkeypatch.setattr(doctor, "getpass", lambda _question: next(typed))


# --- What is asked ---


def test_without_a_key_three_of_six_unknowns_are_settled(
    run: Callable[..., int], tmp_path: Path
) -> None:
    assert run(*KEYLESS) == doctor.NEW
    found = rows(tmp_path)
    assert list(found) == list(Unknown)
    assert [name for name, answer in found.items() if answer] == ["cors", "origin", "unsigned"]


@pytest.mark.parametrize("name", FORM)
def test_only_the_table_is_sent_each_request_once(
    name: str, run: Callable[..., int], plain: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, NAMED[name], FORM[name])
    run("--yes")
    identified = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")
    table = {f"rest {probe.method} {probe.path}" for probe in PROBES} | {
        f"{channel} open" for channel in PATHS
    }
    sent = [identified.sub("{id}", heard.name) for heard in plain.log]
    wanted = [heard.headers.get("Access-Control-Request-Method", "OPTIONS") for heard in plain.log]
    assert {
        one.replace("OPTIONS", method) for one, method in zip(sent, wanted, strict=True)
    } <= table
    assert not plain.violations


def test_each_request_is_shown_before_it_is_agreed_to_and_sent_after(
    run: Callable[..., int],
    plain: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[tuple[str, int]] = []

    def agree(_question: str) -> str:
        asked.append((capsys.readouterr().out, len(plain.log)))
        return "y"

    monkeypatch.setattr("builtins.input", agree)
    run("--without-key")
    assert [heard for _, heard in asked] == list(range(len(asked)))
    for (shown, _), heard in zip(asked, plain.log, strict=True):
        first = heard.what.split()[0]
        path = heard.what.split()[1].split("/withdraw/")[0] if first != "open" else heard.channel
        assert first in shown
        assert path in shown


@pytest.mark.parametrize("said", ["n", EOFError])
def test_nothing_is_sent_or_written_without_a_yes(
    said: str | type[EOFError],
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_question: str) -> str:
        if isinstance(said, str):
            return said
        raise said

    monkeypatch.setattr("builtins.input", refuse)
    assert run("--without-key") == doctor.UNSEEN
    assert not plain.log
    assert not list(tmp_path.iterdir())


# --- What comes of it ---


@pytest.mark.parametrize(("cors", "word"), [(True, "yes"), (False, "no")])
def test_the_preflight_tells_whether_pages_may_ask(
    cors: bool, word: str, run: Callable[..., int], plain: StandIn, tmp_path: Path
) -> None:
    plain.cors = cors
    run(*KEYLESS)
    assert rows(tmp_path)["cors"] == (
        f"GET /api/3/spot/balance: {word}; DELETE /api/3/wallet/crypto/withdraw/{{id}}: {word}"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {"Access-Control-Allow-Origin": "https://hitbtc.com"},
        {"Access-Control-Allow-Headers": "*"},
        {"Access-Control-Allow-Headers": "Content-Type"},
    ],
)
def test_a_preflight_that_no_browser_would_accept_is_a_no(
    headers: dict[str, str], run: Callable[..., int], plain: StandIn, tmp_path: Path
) -> None:
    fine = {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Headers": "authorization",
        "Access-Control-Allow-Methods": "DELETE",
    }
    given = {name.replace("-", "_"): value for name, value in (fine | headers).items()}
    plain.spoil("rest OPTIONS *", answered(204, "", **given))
    run(*KEYLESS)
    assert "yes" not in str(rows(tmp_path)["cors"])


def after_the_first(then: Fault) -> Fault:
    """Honest once, to the program that names no origin; after that `then`."""
    seen: list[Answer] = []

    def fault(answer: Answer) -> list[Step]:
        seen.append(answer)
        return [answer] if len(seen) == 1 else then(answer)

    return fault


def test_a_socket_that_refuses_pages_is_told_from_one_that_is_shut(
    run: Callable[..., int], plain: StandIn, tmp_path: Path
) -> None:
    plain.spoil("trading open", after_the_first(answered(403, "")))
    plain.spoil("wallet open", answered(403, ""))
    run(*KEYLESS)
    path = "open /api/3/ws/trading"
    assert rows(tmp_path)["origin"] == (
        f"{path} from another page: HTTP 403; {path} from a disk: HTTP 403"
    )


@pytest.mark.parametrize(
    ("name", "settled"),
    [
        ("as-required", {"rollback": "with the box off: HTTP 403, code 1003"}),
        ("withdraw-on", {"rollback": "with the box on: HTTP 400, code 20004"}),
        (
            "nothing-ticked",
            {
                "rollback": "with the box off: HTTP 403, code 1003",
                "sub-account": "with no box on: HTTP 200, a result",
            },
        ),
        ("switched-off", {"dead-key": "switched off: HTTP 401, code 1002"}),
        ("ip-whitelisted", {"dead-key": "from another address: HTTP 403, code 1003"}),
    ],
)
def test_a_key_settles_what_its_boxes_can_show(
    name: str,
    settled: Rows,
    run: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    types(monkeypatch, NAMED[name], FORM[name])
    assert run("--yes") == doctor.NEW
    found = rows(tmp_path)
    keyed = {unknown: found[unknown] for unknown in ("rollback", "dead-key", "sub-account")}
    assert keyed == dict.fromkeys(keyed) | settled


def test_a_dead_key_ends_in_a_sentence_before_anything_but_a_read(
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    types(monkeypatch, NAMED["switched-off"], FORM["as-required"])
    assert run("--yes") == doctor.UNSEEN
    assert "HitBTC does not accept this pair" in capsys.readouterr().out.splitlines()[-1]
    assert not any("DELETE" in heard.what for heard in plain.log)
    assert not list(tmp_path.iterdir())


# --- What is kept ---


def test_neither_key_nor_secret_nor_the_exchanges_words_are_kept_or_shown(
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    account = NAMED["as-required"]
    types(monkeypatch, account, FORM["as-required"])
    words = f'{{"error":{{"code":1003,"message":"{account.api_key} not from 198.51.100.7"}}}}'
    plain.spoil("rest DELETE *", answered(403, words))
    run("--yes")
    (file,) = tmp_path.iterdir()
    for text in (file.read_text(), capsys.readouterr().out):
        for trace in (account.api_key[:12], account.secret[:12], "198.51.100.7", "amount", "USDT"):
            assert trace not in text
        assert not re.search("[0-9a-f]{64}", text)
    assert "error.message: text" in file.read_text()


def test_an_answer_as_before_is_nothing_new_and_a_changed_one_is(
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(*KEYLESS) == doctor.NEW
    for file in list(tmp_path.iterdir()):
        file.rename(file.with_name(f"2025{file.name[4:]}"))
    assert run(*KEYLESS) == doctor.AS_BEFORE
    assert "New:" not in capsys.readouterr().out.rpartition("Written to")[0].rpartition("Does")[2]
    plain.cors = True
    assert run(*KEYLESS) == doctor.NEW
    assert "New: before it was GET /api/3/spot/balance: no" in capsys.readouterr().out


# --- Bad input ---


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_no_network_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = ["--api", "http://127.0.0.1:9", "--into", str(tmp_path)]
    assert terminal.main(["doctor", *nobody, *KEYLESS]) == doctor.UNSEEN
    assert last_line(capsys) == "The exchange could not be reached: is this machine online?"
    assert not list(tmp_path.iterdir())


def test_a_dead_proxy_is_a_sentence_that_names_it(
    run: Callable[..., int],
    plain: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert run(*KEYLESS) == doctor.UNSEEN
    assert "through the proxy" in last_line(capsys)
    assert not plain.log


def test_another_certificate_than_the_exchanges_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with StandIn(NAMED.values()) as between:
        options = ["--api", between.url, "--into", str(tmp_path), *KEYLESS]
        assert terminal.main(["doctor", *options]) == doctor.UNSEEN
    assert last_line(capsys).startswith("The certificate that came is not the exchange's")


@pytest.mark.parametrize("status", [429, 503])
def test_the_exchanges_own_trouble_settles_nothing(
    status: int,
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain.spoil("rest GET *", answered(status, ""))
    assert run(*KEYLESS) == doctor.UNSEEN
    assert f"(HTTP {status})" in last_line(capsys)
    assert not list(tmp_path.iterdir())


def test_silence_is_a_sentence(
    run: Callable[..., int],
    plain: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", 0.2)
    plain.spoil("rest OPTIONS *", instead())
    assert run(*KEYLESS) == doctor.UNSEEN
    assert "did not answer within" in last_line(capsys)


def test_no_key_typed_is_a_sentence(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    types(monkeypatch, Account(api_key=" ", secret=""), FORM["as-required"])
    assert run("--yes") == doctor.UNSEEN
    assert last_line(capsys).startswith("No key was typed.")


def test_a_missing_folder_or_a_foreign_file_in_it_is_wrong_usage(
    run: Callable[..., int], plain: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*KEYLESS, "--into", str(tmp_path / "none")) == terminal.USAGE
    (tmp_path / "other.json").write_text("[]")
    assert run(*KEYLESS) == terminal.USAGE
    assert not plain.log
    assert "There is no folder" in capsys.readouterr().err


def test_without_its_extra_the_command_says_what_to_install(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "hitbtc_keycheck.doctor")
    monkeypatch.delattr("hitbtc_keycheck.doctor")
    monkeypatch.setitem(sys.modules, "websockets.exceptions", None)
    assert run(*KEYLESS) == terminal.USAGE
    assert "pip install 'hitbtc-keycheck[doctor]'" in capsys.readouterr().err
