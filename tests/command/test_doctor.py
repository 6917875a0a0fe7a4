"""The doctor asks only what the table allows, after a yes, and keeps nothing that could hurt."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import httpx
import pytest

from hitbtc_keycheck import cli, doctor, sender, usage
from hitbtc_keycheck.observations import WITHOUT_KEY, Manner, Unknown
from hitbtc_keycheck.requests import PATHS, PROBES
from tests.exchange import standin
from tests.exchange.accounts import NAMED, Account
from tests.exchange.faults import Cut, Fault, Step, answered, instead
from tests.exchange.oracle import Answer
from tests.exchange.proxies import by_socks
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
        return cli.main(["doctor", "--api", plain.url, "--into", str(tmp_path), *options])

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
    monkeypatch.setattr(doctor, "hidden", lambda _question: next(typed))


# --- What is asked ---


def test_without_a_key_four_of_eight_unknowns_are_settled(
    run: Callable[..., int], tmp_path: Path
) -> None:
    assert run(*KEYLESS) == doctor.NEW
    found = rows(tmp_path)
    assert list(found) == list(Unknown)
    settled = [name for name, answer in found.items() if answer]
    assert settled == ["cors", "origin", "unsigned", "api-v2"]


V2, API_KEYS = "GET /api/2/public/currency/BTC", "GET /api/3/user/api-keys"


@pytest.mark.parametrize("name", FORM)
def test_only_the_table_and_two_reads_are_sent_each_request_once(
    name: str, run: Callable[..., int], plain: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stand-in, which knows the table alone, takes note of both reads as outside of it."""
    types(monkeypatch, NAMED[name], FORM[name])
    run("--yes")
    identified = re.compile("[0-9a-f]{8}-[0-9a-f-]{27}")
    table = {f"rest {probe.method} {probe.path}" for probe in PROBES} | {
        f"{channel} open" for channel in PATHS
    }
    sent = [identified.sub("{id}", heard.name) for heard in plain.log]
    wanted = [heard.headers.get("Access-Control-Request-Method", "OPTIONS") for heard in plain.log]
    asked = [one.replace("OPTIONS", method) for one, method in zip(sent, wanted, strict=True)]
    alive = name not in ("switched-off", "ip-whitelisted")
    assert set(asked) - table == {f"rest {one}" for one in plain.violations}
    assert plain.violations == ([V2, API_KEYS] if alive else [V2])


def test_the_old_api_is_asked_without_a_key_and_the_new_one_by_signature(
    run: Callable[..., int], plain: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, NAMED["as-required"], FORM["as-required"])
    run("--yes")
    headers = {heard.what: heard.headers for heard in plain.log if heard.what in (V2, API_KEYS)}
    assert "Authorization" not in headers[V2]
    assert headers[API_KEYS]["Authorization"].startswith("HS256 ")


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
    assert rows(tmp_path)["origin"] == (
        f"{TRADING} from another page: HTTP 403; {TRADING} from a disk: HTTP 403"
    )


TRADING = "open /api/3/ws/trading"


@pytest.mark.parametrize("fault", [instead(), instead(Cut.RESET), instead(Cut.HALF_CLOSE)])
def test_a_socket_that_is_not_answered_is_closed(
    fault: Fault,
    run: Callable[..., int],
    plain: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(sender, "PATIENCE", 2.0)
    plain.spoil("trading open", after_the_first(fault))
    plain.spoil("wallet open", answered(403, ""))
    run(*KEYLESS)
    assert rows(tmp_path)["origin"] == (
        f"{TRADING} from another page: closed; {TRADING} from a disk: closed"
    )


def test_a_socket_has_opened_only_where_it_was_accepted_as_rfc_6455_says(
    run: Callable[..., int], plain: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    accepting, nonces = sender._accepting, []

    def accepting_the_first(nonce: str) -> str:
        nonces.append(nonce)
        return accepting(nonces[0])

    monkeypatch.setattr(sender, "_accepting", accepting_the_first)
    plain.spoil("wallet open", answered(403, ""))
    run(*KEYLESS)
    assert rows(tmp_path)["origin"] == (
        f"{TRADING} from another page: closed; {TRADING} from a disk: closed"
    )


def test_an_opening_that_reaches_nobody_shows_nothing() -> None:
    openings = [step for step in WITHOUT_KEY if step.manner is Manner.OPEN]
    with httpx.Client() as client:
        unreached = sender.Sender(api="http://127.0.0.1:9", client=client, agrees=lambda: True)
        with pytest.raises(sender.UnseenError):
            list(unreached.send_all(openings))


def test_no_cookie_goes_along(run: Callable[..., int], plain: StandIn) -> None:
    plain.spoil("*", lambda answer: [replace(answer, headers={"Set-Cookie": "a=b; Path=/"})])
    assert run(*KEYLESS) == doctor.NEW
    assert [heard.name for heard in plain.log if "Cookie" in heard.headers] == []


@pytest.mark.parametrize(
    ("name", "settled"),
    [
        ("as-required", {"rollback": "with Withdraw off: HTTP 403, code 1003"}),
        ("withdraw-on", {"rollback": "with Withdraw on: HTTP 400, code 20004"}),
        (
            "nothing-ticked",
            {
                "rollback": "with Withdraw off: HTTP 403, code 1003",
                "sub-account": "with no permission on: HTTP 200, a result",
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


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, '{"id":"BTC"}', "HTTP 200, a result"),
        (404, '{"error":"Not Found"}', "HTTP 404"),
        (404, "<html></html>", "HTTP 404, a page"),
        (301, "", "HTTP 301"),
        (503, "", "HTTP 503"),
    ],
)
def test_whether_the_old_api_answers_is_told_by_its_status(
    *,
    status: int,
    body: str,
    answer: str,
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
) -> None:
    plain.spoil(f"rest {V2}", answered(status, body))
    assert run(*KEYLESS) == doctor.NEW
    assert rows(tmp_path)["api-v2"] == answer


OTHER_KEY = "0123456789abcdef0123456789abcdef"
LISTED = json.dumps([{"api_key": OTHER_KEY, "name": "my bot", "ips": ["198.51.100.7"]}])
REFUSED = '{"error":{"code":1002,"message":"Authorization is required"}}'


@pytest.mark.parametrize(
    ("status", "body", "answer"),
    [
        (200, LISTED, "HTTP 200, a result"),
        (404, '{"error":"Not Found"}', "HTTP 404"),
        (401, REFUSED, "HTTP 401, code 1002"),
    ],
)
def test_of_a_list_of_keys_only_that_it_came_is_kept_or_shown(
    *,
    status: int,
    body: str,
    answer: str,
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    types(monkeypatch, NAMED["as-required"], FORM["as-required"])
    plain.spoil(f"rest {API_KEYS}", answered(status, body))
    assert run("--yes") == doctor.NEW
    assert rows(tmp_path)["api-keys"] == answer
    (file,) = tmp_path.iterdir()
    kept = file.read_text() + capsys.readouterr().out
    assert not any(trace in kept for trace in (OTHER_KEY, "my bot", "198.51.100.7", "ips"))


@pytest.mark.parametrize(
    ("api_key", "secret"),
    [
        ("Secret key: 0123456789abcdef0123456789abcdef", NAMED["as-required"].secret),
        (NAMED["as-required"].api_key, NAMED["as-required"].api_key),
        ("YOUR-API-KEY", "xxxxxxxx"),
    ],
)
def test_a_pair_that_must_not_be_sent_ends_it_before_anything_is(
    *,
    api_key: str,
    secret: str,
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    types(monkeypatch, Account(api_key=api_key, secret=secret), FORM["as-required"])
    assert run("--yes") == usage.USAGE
    assert "nothing was sent" in capsys.readouterr().err
    assert not plain.log
    assert not list(tmp_path.iterdir())


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
    assert cli.main(["doctor", *nobody, *KEYLESS]) == doctor.UNSEEN
    assert last_line(capsys) == "The exchange could not be reached: is this machine online?"
    assert not list(tmp_path.iterdir())


def through(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy)


def test_a_dead_proxy_is_a_sentence_that_names_it(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    through(monkeypatch, "http://127.0.0.1:9")
    assert run(*KEYLESS, "--api", "https://exchange.invalid") == doctor.UNSEEN
    assert "through the proxy" in (said := last_line(capsys))
    assert "HTTPS_PROXY" in said


def test_to_this_machine_itself_no_proxy_is_used(
    run: Callable[..., int], plain: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    through(monkeypatch, "http://127.0.0.1:9")
    assert run(*KEYLESS) == doctor.NEW
    assert {heard.channel for heard in plain.log} == {"rest", "trading", "wallet"}


def test_a_proxy_that_is_not_used_is_not_named(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    through(monkeypatch, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "exchange.invalid")
    for address in ("http://127.0.0.1:9", "https://exchange.invalid"):
        assert run(*KEYLESS, "--api", address) == doctor.UNSEEN
        assert last_line(capsys) == "The exchange could not be reached: is this machine online?"


def test_it_goes_through_a_socks_proxy_with_its_sockets_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standin, "HOSTS", ("exchange.invalid",))
    with (
        StandIn(NAMED.values()) as exchange,
        by_socks("exchange.invalid", exchange.port) as (proxy, asked),
    ):
        through(monkeypatch, proxy)
        monkeypatch.setenv("SSL_CERT_FILE", str(exchange.ca_pem_path))
        options = ["--api", "https://exchange.invalid", "--into", str(tmp_path), *KEYLESS]
        assert cli.main(["doctor", *options]) == doctor.NEW
    assert set(asked) == {"exchange.invalid"}
    assert str(rows(tmp_path)["origin"]).count("opened") == 4


def test_another_certificate_than_the_exchanges_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with StandIn(NAMED.values()) as between:
        options = ["--api", between.url, "--into", str(tmp_path), *KEYLESS]
        assert cli.main(["doctor", *options]) == doctor.UNSEEN
    assert last_line(capsys).startswith("The certificate that came is not the exchange's")


@pytest.mark.parametrize("trouble", [*product(["rest GET *", "trading open"], [429, 503])])
def test_the_exchanges_own_trouble_settles_nothing(
    trouble: tuple[str, int],
    run: Callable[..., int],
    plain: StandIn,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    names, status = trouble
    plain.spoil(names, answered(status, ""))
    assert run(*KEYLESS) == doctor.UNSEEN
    assert f"(HTTP {status})" in last_line(capsys)
    assert not list(tmp_path.iterdir())


def test_silence_is_a_sentence(
    run: Callable[..., int],
    plain: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sender, "PATIENCE", 0.2)
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
    assert run(*KEYLESS, "--into", str(tmp_path / "none")) == usage.USAGE
    (tmp_path / "other.json").write_text("[]")
    assert run(*KEYLESS) == usage.USAGE
    assert not plain.log
    assert "There is no folder" in capsys.readouterr().err


def test_a_folder_that_takes_nothing_is_a_failure_and_no_news(
    run: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", full)
    assert run(*KEYLESS) == 70
    assert "Permission denied" in (said := capsys.readouterr().err)
    assert said.count("\n") == 1
