"""The steps after MkDocs: what they refuse, what they promise of their output."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.site.built.conftest import Build
from tools.build import assets, policy
from tools.build.finish import DATA_BLOCK, IMPORT_MAP, furnish_checker, with_integrity
from tools.build.output import Refused, json_for_html, only, replaced_once

PAGE = Path("page.html")


def written(folder: Path, text: str) -> Path:
    page = folder / "index.html"
    page.write_text(text)
    return page


@pytest.mark.parametrize(
    ("html", "named"),
    [
        ('<p style="color: red">', "style"),
        ("<style>p { color: red }</style>", "<style>"),
        ('<button onclick="go()">', "onclick"),
        ('<a href="javascript:void(0)">', "javascript:"),
    ],
)
def test_a_page_with_what_the_policy_refuses_stops_the_build(
    html: str, named: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=named):
        policy.inline_scripts(written(tmp_path, html))


def test_inline_scripts_are_found_and_data_and_files_are_not(tmp_path: Path) -> None:
    page = written(
        tmp_path,
        '<script>one("<b>" && 1)</script><script type="module">two</script><script src="a.js">'
        '</script><script type="application/ld+json">{}</script>',
    )
    assert policy.inline_scripts(page) == ['one("<b>" && 1)', "two"]


@pytest.mark.parametrize("inline", ["", "<script>1</script>", f"{IMPORT_MAP}<script>1</script>"])
def test_inline_scripts_on_the_checkers_page_other_than_its_import_map_stop_the_build(
    inline: str, tmp_path: Path
) -> None:
    (tmp_path / "checker").mkdir()
    written(tmp_path / "checker", f"{policy.CHARSET}{inline}")
    with pytest.raises(Refused, match="allows one inline script, the import map"):
        policy.set_policies(tmp_path)


def test_an_inline_script_that_only_one_page_has_stops_the_build(tmp_path: Path) -> None:
    theme = ["theme"]
    other = ["theme", "other"]
    assert policy.themes_scripts({tmp_path / "a": theme, tmp_path / "b": theme}) == ["theme"]
    with pytest.raises(Refused, match="b: an inline script that is not the theme's"):
        policy.themes_scripts({tmp_path / "a": theme, tmp_path / "b": other})


@pytest.mark.parametrize("count", [0, 2])
def test_a_missing_or_doubled_anchor_stops_the_build(count: int) -> None:
    with pytest.raises(Refused, match=f"{count} times"):
        replaced_once(policy.CHARSET * count, policy.CHARSET, "", PAGE)


def test_a_page_that_lacks_one_of_the_stylesheets_stops_the_build() -> None:
    with pytest.raises(Refused, match="1 of the site's three stylesheets"):
        assets.link_stylesheet('<link rel="stylesheet" href="assets/site.css">', "new.css", PAGE)


@pytest.mark.parametrize("names", [[], ["main.1.css", "main.2.css"]])
def test_a_file_that_is_missing_or_doubled_stops_the_build(
    names: list[str], tmp_path: Path
) -> None:
    for name in names:
        (tmp_path / name).touch()
    with pytest.raises(Refused, match=f"{len(names)} files match"):
        only(tmp_path, "main.*.css")


def test_a_module_that_no_tag_vouches_for_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "extra.js").write_text("1")
    with pytest.raises(Refused, match=r"extra\.js is there and no tag gives its integrity"):
        with_integrity("<p>", tmp_path / "index.html")


def test_a_checkers_page_without_room_for_its_data_stops_the_build(
    tmp_path: Path,
) -> None:
    page = written(tmp_path, '<html lang="en">')
    with pytest.raises(Refused, match="0 times"):
        furnish_checker(page, tmp_path, [])
    assert DATA_BLOCK not in page.read_text()


def test_data_in_the_page_cannot_end_its_script() -> None:
    assert "<" not in json_for_html({"title": "</script><script>alert(1)</script>"})


def test_two_builds_of_one_source_are_the_same_bytes(
    at_the_top: Path, build: Build, tmp_path: Path
) -> None:
    def digests(folder: Path) -> dict[str, str]:
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }

    build(tmp_path / "second", "https://example.org/", "")
    assert digests(at_the_top) == digests(tmp_path / "second")


def test_what_is_dead_on_this_site_is_not_published(site_dir: Path) -> None:
    assert not [*site_dir.rglob("*.map*"), *site_dir.rglob("images"), *site_dir.rglob("upstream.*")]
    stems = {path.name for path in site_dir.rglob("lunr*.js")}
    assert stems == {"lunr.es.min.js", "lunr.stemmer.support.min.js"}


def test_every_file_that_may_be_kept_for_good_has_its_content_in_its_name(site_dir: Path) -> None:
    for path in (site_dir / "checker/runtime").iterdir():
        if path.suffix not in {".br", ".gz"}:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert path.name.startswith(f"{digest[:16]}.")


def test_every_language_has_the_same_sealed_checker_from_the_same_files(site_dir: Path) -> None:
    def loaded(page: Path) -> list[tuple[Path, str]]:
        text = page.read_text()
        (data,) = re.findall(r'id="build">(.*?)</script>', text)
        files = [(file["url"], file["integrity"]) for file in json.loads(data)["runtime"]]
        files += re.findall(r'<script type="module" src="(.*?)" integrity="(.*?)"', text)
        return [((page.parent / address).resolve(), digest) for address, digest in files]

    english, spanish = (loaded(site_dir / home / "checker/index.html") for home in ("", "es"))
    assert len(english) > 9
    assert spanish == english
