"""A stand-in for each test of this room, over TLS, with every named account."""

from collections.abc import Iterator

import pytest

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn


@pytest.fixture
def exchange() -> Iterator[StandIn]:
    with StandIn(NAMED.values()) as exchange:
        yield exchange
