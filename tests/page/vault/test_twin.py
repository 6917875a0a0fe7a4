"""Vault and transport beside the core: the same shapes, messages, frames and list, real HMAC."""

import hashlib
import hmac
import json
import random
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from hitbtc_keycheck.requests import PATHS, PROBES, Channel, Stage
from hitbtc_keycheck.shapes import shape_of
from hitbtc_keycheck.signing import (
    WINDOW,
    authorization,
    login_frame,
    rest_message,
)
from tests.core.world import KEY, NOW, Account, begin, honest

HERE = Path(__file__).parent
SECRET = "made-up-secret-for-tests-0123456"
PASTES: list[dict[str, Any]] = json.loads((HERE.parents[1] / "core/pastes.json").read_text())
PIECES = (
    *"abKS01-_ \t\n\r\u00a0\u1680\u2003\u2028\u3000\x1c\x1f\x85",
    *"'\"`\u2018\u201d:=\u00ad\u200b\u200f",
    *"\u202a\u2064\u2066\u2069\ufeff\u00e9\u212a\u017f\u0130\u0131\U0001f511",
    *"<>()[]{},;\u00ab\u203a\u2026*.\x00\x1b\u2800\u3164\ufffc\ufe0f\u180e\uff1a",
    "\x1b[200~",
    "[201~",
    "=>",
    "public ",
    "SECRET_KEY=",
    "HITBTC_PRODUCTION_SECRET",
    "define('",
    "', '",
    "const x",
    "your",
    "key",
    "Key:",
    "API key = ",
    "secret_key",
    "api-",
    KEY,
)


def vault(*, pairs: list[tuple[str, str]] | None = None, key: str = KEY) -> dict[str, Any]:
    """What vault and transport make of these."""
    node = shutil.which("node")
    assert node, "Node.js is needed for the vault's tests"
    asked = {"now": NOW, "secret": SECRET, "pairs": pairs or [], "key": key}
    done = subprocess.run(
        [node, str(HERE / "ask.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def signed(message: str) -> str:
    return hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


def as_python_sees(key: str, secret: str) -> dict[str, Any]:
    return {
        "key": asdict(shape_of(key, secret, public=True)),
        "secret": asdict(shape_of(secret, key, public=False)),
    }


def test_the_table_of_pastes_gets_the_same_shapes_from_both() -> None:
    pairs = [(paste["key"], paste["secret"]) for paste in PASTES]
    pairs += [(secret, key) for key, secret in pairs]
    assert vault(pairs=pairs)["shapes"] == [as_python_sees(*pair) for pair in pairs]


def test_any_pastes_get_the_same_shapes_from_both() -> None:
    source = random.Random(1)  # noqa: S311 - the same pastes in each run
    texts = ["".join(source.choices(PIECES, k=source.randint(0, 9))) for _ in range(20_000)]
    texts += ["".join(chr(source.randrange(0xD800)) for _ in range(6)) for _ in range(5_000)]
    pairs = list(zip(texts, texts[1:] + texts[:1], strict=True))
    for pair, shapes in zip(pairs, vault(pairs=pairs)["shapes"], strict=True):
        assert shapes == as_python_sees(*pair), pair


def test_the_vault_signs_what_python_would() -> None:
    made = vault()
    path = f"/api/3/wallet/crypto/withdraw/{made['rollback']['id']}"
    assert made["login"]["signature"] == signed(f"{NOW}{WINDOW}")
    assert made["rollback"]["signature"] == signed(rest_message("DELETE", path, NOW, WINDOW))


@pytest.mark.parametrize("key", [KEY, "\u043a\u043b\u044e\u0447 \U0001f511", 'a"b\\c:d'])
def test_the_transport_sends_what_python_would(key: str) -> None:
    made = vault(key=key)
    login, rollback = made["login"]["signature"], made["rollback"]["signature"]
    assert json.loads(made["frame"]) == json.loads(login_frame(1, key, login, NOW, WINDOW))
    assert made["authorization"] == authorization(key, rollback, NOW, WINDOW)
    assert made["url"].endswith(f"/api/3/wallet/crypto/withdraw/{made['rollback']['id']}")


def test_the_transports_list_is_what_the_table_needs_in_a_browser_and_no_more() -> None:
    """Not the reads over REST, which only the terminal sends."""
    listed = {
        probe.name: {
            "channel": probe.channel.value,
            "method": probe.method,
            "path": probe.path.removesuffix("{id}"),
            "socket": PATHS.get(probe.channel, ""),
        }
        for probe in PROBES
        if probe.channel is not Channel.REST or probe.stage is Stage.ROLLBACK
    }
    assert vault()["list"] == listed


def test_a_check_asks_for_nothing_that_is_not_listed() -> None:
    asked: set[str] = set()
    check = begin()
    while requests := check.plan():
        asked |= {request.probe.name for request in requests}
        for request in requests:
            for back in honest(Account())(request):
                check.feed(back)
    assert asked
    assert asked <= set(vault()["list"])
