"""What the checker's document can reach beside fetches and sockets, in Firefox and WebKit.

Neither knows Connection-Allowlist. What is seen is compared with the table in
docs/en/maintainers/hosting.md, cell by cell. Nothing was shown of a way that a browser does not go
in a test even where nothing is sealed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.page.engines.engine import Engine
from tests.page.engines.test_engines import ENGINES, load
from tests.page.served import copied, serving
from tests.page.test_load import without_policy
from tests.page.ways import ARRIVES, NOT_SHOWN, TRY, WAYS, documented, stranger


@pytest.fixture(scope="module", params=ENGINES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def engine(name: str, proxy: str) -> Iterator[Engine]:
    with ENGINES[name](proxy) as engine:
        yield engine


def outcomes(engine: Engine, site: str) -> dict[str, str]:
    """What a stranger hears of each way, tried in the page that is open."""
    heard = {}
    for way, script in WAYS.items():
        with stranger() as somebody:
            engine.evaluate(TRY % script, somebody.given(site))
            heard[way] = somebody.heard()
    return heard


@pytest.fixture(scope="module")
def shown(
    engine: Engine, site_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, bool]:
    """Which ways the engine goes where nothing is sealed."""
    site = copied(site_dir, tmp_path_factory.mktemp("unsealed") / "site")
    without_policy(site)
    (site / "_headers").write_text("")
    with serving(site) as (url, _):
        engine.goto(f"{url}checker/")
        return {way: heard == ARRIVES for way, heard in outcomes(engine, url).items()}


def told(seen: Mapping[str, str], shown: Mapping[str, bool]) -> dict[str, str]:
    return {way: heard if shown[way] else NOT_SHOWN for way, heard in seen.items()}


def test_with_the_headers_that_arrives_which_the_docs_list(
    name: str, engine: Engine, serve_site: str, shown: Mapping[str, bool]
) -> None:
    assert load(engine, serve_site)[0] == "sealed"
    seen = told(outcomes(engine, serve_site), shown)
    assert seen == documented()[f"{COLUMNS[name]}, with the headers"]


def test_without_the_headers_that_arrives_which_the_docs_list(
    name: str, engine: Engine, site_dir: Path, tmp_path: Path, shown: Mapping[str, bool]
) -> None:
    site = copied(site_dir, tmp_path / "site")
    (site / "_headers").write_text("")
    with serving(site) as (url, _):
        assert load(engine, url)[0] == "sealed"
        seen = told(outcomes(engine, url), shown)
    assert seen == documented()[f"{COLUMNS[name]}, without them"]


COLUMNS = {"firefox": "Firefox", "webkit": "WebKitGTK"}
