"""Every built page, read without a browser."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

from tests.site.built.links import (
    Site,
    addresses,
    broken_links,
    having,
    ids,
    public_address,
    read_site,
)


MAINTAINERS, SPANISH = "/maintainers/", "/es/"


@pytest.fixture(scope="session")
def read(site_dir: Path) -> Site:
    return read_site(site_dir)


@pytest.fixture(scope="session")
def home(read: Site) -> str:
    return public_address(read)


def test_every_page_says_what_it_is(read: Site) -> None:
    descriptions = {}
    for path, page in read.items():
        assert having(page, "html", lang="es" if path.startswith(SPANISH) else "en"), path
        assert len(having(page, "h1")) == 1, path
        (description,) = having(page, "meta", name="description")
        assert 50 <= len(str(description["content"])) <= 160, path
        descriptions[path] = str(description["content"])
    assert len(set(descriptions.values())) == len(read), "each page has its own"


def test_every_page_has_a_picture_for_links_to_it(read: Site, home: str, site_dir: Path) -> None:
    for path, page in read.items():
        (image,) = having(page, "meta", property="og:image")
        assert str(image["content"]).startswith(home), path
        assert (site_dir / str(image["content"]).removeprefix(home)).exists(), path


def test_no_id_is_used_twice_on_a_page(read: Site) -> None:
    for path, page in read.items():
        assert len(ids(page)) == len(set(ids(page))), path


def test_links_lead_to_pages_and_anchors_that_are_there(read: Site, site_dir: Path) -> None:
    assert list(broken_links(read, site_dir)) == []


def menu(read: Site, path: str) -> set[str]:
    links = having(read[path], "a", **{"class": "kc-nav__link"})
    return {urljoin(path, str(link["href"])) for link in links}


def test_the_menu_leads_to_every_page_of_a_readers(read: Site) -> None:
    """The name in the header leads home; the foot of every page to the maintainers' pages."""
    shown, all_of_it = menu(read, "/"), menu(read, MAINTAINERS)
    assert shown == menu(read, "/checker/")
    english = {path for path in read if not path.startswith(SPANISH)}
    assert all_of_it == english - {"/", "/404.html"}
    assert all_of_it - shown > {MAINTAINERS, "/maintainers/testing/", "/maintainers/decisions/"}


def test_the_readers_search_finds_no_page_for_maintainers(read: Site, site_dir: Path) -> None:
    index = json.loads((site_dir / "search/search_index.json").read_text())
    found = {f"/{entry['location'].partition('#')[0]}" for entry in index["docs"]}
    assert found == {"/", *menu(read, "/")}


def test_every_page_leads_to_the_maintainers_pages(read: Site) -> None:
    for path, page in read.items():
        links = {urljoin(path, value) for tag, value in addresses(page) if tag == "a"}
        assert path == "/404.html" or MAINTAINERS in links, path


def test_a_page_and_its_translation_lead_to_each_other(read: Site, home: str) -> None:
    translated = [path for path in read if path.startswith(SPANISH) and "404" not in path]
    assert len(translated) >= 25
    for path in translated:
        english = f"/{path.removeprefix(SPANISH)}"
        both = {"en": f"{home}{english[1:]}", "es": f"{home}{path[1:]}"}
        for page, other in ((english, path), (path, english)):
            alternates = {
                it["hreflang"]: it["href"] for it in having(read[page], "link", rel="alternate")
            }
            assert alternates == {**both, "x-default": both["en"]}, page
            (link,) = having(read[page], "a", **{"class": "kc-language"})
            assert urljoin(page, str(link["href"])) == other


def test_a_page_that_is_english_only_leads_to_the_spanish_home(read: Site) -> None:
    assert having(read[MAINTAINERS], "link", rel="alternate") == []
    (link,) = having(read[MAINTAINERS], "a", **{"class": "kc-language"})
    assert urljoin(MAINTAINERS, str(link["href"])) == SPANISH


def test_the_spanish_menu_and_search_know_the_spanish_pages(read: Site, site_dir: Path) -> None:
    own = {path for path in read if path.startswith(SPANISH) and "404" not in path}
    assert menu(read, SPANISH) | {SPANISH} == own
    index = json.loads((site_dir / "es/search/search_index.json").read_text())
    assert {f"{SPANISH}{entry['location'].partition('#')[0]}" for entry in index["docs"]} == own
    assert index["config"]["lang"] == ["es"]


def test_no_page_fetches_anything_from_elsewhere(read: Site) -> None:
    fetched = {
        value
        for page in read.values()
        for tag, value in addresses(page)
        if tag != "a" and re.match(r"(\w+:)?//", value)
    }
    assert fetched == set()


@pytest.mark.parametrize("checker", ["/checker/", "/es/checker/"])
def test_the_checkers_links_stay_on_the_site(checker: str, read: Site) -> None:
    """Connection-Allowlist would refuse to follow any other."""
    links = [value for tag, value in addresses(read[checker]) if tag == "a"]
    assert links
    assert [value for value in links if re.match(r"(\w+:)?//", value)] == []


def test_stylesheets_and_pictures_fetch_nothing_from_elsewhere(site_dir: Path) -> None:
    for path in [*site_dir.rglob("*.css"), *site_dir.rglob("*.svg")]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert not re.findall(r"(?:url\(|href=)[\"']?(?:https?:)?//", text), path


def test_structured_data_can_be_read(read: Site) -> None:
    for page in read.values():
        for block in page.find_all("script", type=re.compile("json")):
            assert json.loads(block.get_text())


def test_the_font_has_every_letter_of_every_page(site_dir: Path, read: Site) -> None:
    """Another font stands in for what is missing, so this is about letters, not about symbols."""
    (font,) = site_dir.glob("assets/fonts/inter.*.woff2")
    known = {chr(code) for code in TTFont(font).getBestCmap()}
    used = {letter for page in read.values() for letter in page.get_text() if letter.isalnum()}
    assert used <= known


def test_robots_are_shown_every_page(site_dir: Path, read: Site, home: str) -> None:
    public = {f"{home}{path.lstrip('/')}" for path in read if not path.endswith("/404.html")}
    mapped = re.findall("<loc>(.+?)</loc>", (site_dir / "sitemap.xml").read_text())
    assert set(mapped) == public
    assert f"Sitemap: {home}sitemap.xml" in (site_dir / "robots.txt").read_text()


def test_anyone_who_finds_a_vulnerability_is_told_where_to_go(
    site_dir: Path, read: Site, home: str
) -> None:
    text = (site_dir / ".well-known/security.txt").read_text()
    fields = dict(line.split(": ", 1) for line in text.splitlines())
    assert f"/{fields['Contact'].removeprefix(home)}" in read
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", fields["Expires"])
