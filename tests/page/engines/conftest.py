"""The two engines, where they are installed, and the stand-in behind a proxy."""

from collections.abc import Iterator

import pytest

from tests.exchange.accounts import NAMED
from tests.exchange.proxies import by_http
from tests.exchange.standin import StandIn
from tests.page.engines.engine import MISSING


def pytest_sessionstart() -> None:
    if MISSING:
        pytest.exit(f"Install {', '.join(MISSING)}, then run this again.", returncode=1)


@pytest.fixture(scope="session")
def exchange() -> Iterator[StandIn]:
    with StandIn(NAMED.values(), cors=True) as exchange:
        yield exchange


@pytest.fixture(scope="session")
def proxy(exchange: StandIn) -> Iterator[str]:
    """What the engines are told to ask for whatever is encrypted; it knows the exchange alone."""
    with by_http("api.hitbtc.com:443", exchange.port) as (address, _):
        yield address
