"""Run the stand-in by hand, for looking at the page in a browser: `python -m tests.exchange`."""

import argparse
import contextlib
import time

from tests.exchange.accounts import NAMED
from tests.exchange.standin import StandIn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.exchange", description=__doc__)
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--tls", action="store_true", help="speak https and wss")
    parser.add_argument("--cors", action="store_true", help="let other origins use REST")
    chosen = parser.parse_args()
    with StandIn(NAMED.values(), cors=chosen.cors, tls=chosen.tls, port=chosen.port) as exchange:
        print(f"{exchange.url}, until interrupted. Made-up keys and secrets:")
        for name, account in NAMED.items():
            print(f"  {name:20} {account.api_key} {account.secret}")
        print(
            f"In Chromium: --ignore-certificate-errors --host-resolver-rules="
            f'"MAP api.hitbtc.com 127.0.0.1:{exchange.port}"'
        )
        with contextlib.suppress(KeyboardInterrupt):
            _follow(exchange)


def _follow(exchange: StandIn) -> None:
    told = complaints = 0
    while True:
        for heard in exchange.log[told:]:
            print(time.strftime("%H:%M:%S", time.localtime(heard.at)), heard.name)
        for violation in exchange.violations[complaints:]:
            print("  NEVER SENT BY THE PRODUCT:", violation)
        told, complaints = len(exchange.log), len(exchange.violations)
        time.sleep(0.2)


main()
