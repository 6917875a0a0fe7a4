"""The vault beside the core: the same shapes of pastes, the grammar the table needs, real HMAC."""

import hashlib
import hmac
import json
import random
import shutil
import subprocess
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from hitbtc_keycheck.credentials import shape_of
from hitbtc_keycheck.probes import PROBES, Channel, Probe, Stage
from hitbtc_keycheck.signing import rest_message
from tests.unit.world import KEY, NOW

HERE = Path(__file__).parent
SECRET = "made-up-secret-for-tests-0123456"
PASTES: list[dict[str, Any]] = json.loads((HERE.parent / "unit" / "pastes.json").read_text())
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


def vault(
    *, messages: list[str] | None = None, pairs: list[tuple[str, str]] | None = None
) -> dict[str, Any]:
    node = shutil.which("node")
    assert node, "Node.js is needed for the vault's tests"
    asked = {"now": NOW, "secret": SECRET, "messages": messages or [], "pairs": pairs or []}
    done = subprocess.run(
        [node, str(HERE / "ask.mjs")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def signed(message: str) -> str:
    return hmac.new(SECRET.encode(), message.encode(), hashlib.sha256).hexdigest()


def fresh_ids(count: int) -> list[str]:
    source = random.Random(count)  # noqa: S311 - the same ids in each run
    return [str(uuid.UUID(int=source.getrandbits(128), version=4)) for _ in range(count)]


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


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_the_grammar_is_what_the_table_needs_in_a_browser_and_no_more(probe: Probe) -> None:
    """A login and the rollback; not the reads over REST, which only the terminal signs."""
    messages = [
        rest_message(probe.method, probe.path.replace("{id}", identifier), NOW, 60_000)
        if probe.channel is Channel.REST
        else f"{NOW}60000"
        for identifier in fresh_ids(100)
    ]
    accepted = [signature is not None for signature in vault(messages=messages)["signatures"]]
    in_a_browser = probe.channel is not Channel.REST or probe.stage is Stage.ROLLBACK
    assert accepted == [in_a_browser] * len(messages)
