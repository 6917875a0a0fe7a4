"""A page of the guide and the checker's page cannot reach each other, and files that are no page
can do nothing when they are opened as one.

Each is shown to be otherwise where the site is served without its headers.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.page.served import copied, serving

# Opens a page of the site under a name, then looks for something in it by all handles there are:
# what `open` gave, and what the name gives afterwards.
REACH = """async ([path, wanted, looking]) => {
  const name = "opened";
  const looks = [open(path, name)];
  for (let i = 0; i < looking; i += 1) {
    await new Promise((done) => setTimeout(done, 100));
    for (const look of looks)
      try {
        if (look.document.querySelector(wanted)) return "reached";
      } catch {}
  }
  looks.push(open("", name));
  await new Promise((done) => setTimeout(done, 300));
  return looks.some((look) => !look.closed && look.document?.querySelector(wanted)) ? "by name" : "cut off";
}"""

CHECKERS_FIELD, GUIDES_WORDS = ("checker/", "#secret"), ("guide/", "h1")


@pytest.fixture
def bare(browser: Browser, site_dir: Path, tmp_path: Path) -> Iterator[BrowserContext]:
    """The site as a host publishes it that sends no headers of ours."""
    site = copied(site_dir, tmp_path / "site")
    (site / "_headers").write_text("")
    with serving(site) as (url, _), browser.new_context(base_url=url) as context:
        yield context


# How often it looks, ten times a second: long where it finds something, and then ends at once.
TO_FIND, IN_VAIN = 100, 20


def reached(context: BrowserContext, start: str, path: str, wanted: str, looking: int) -> str:
    """What a page gets of another one that it opened."""
    page = context.new_page()
    page.goto(start)
    return str(page.evaluate(REACH, [f"../{path}", wanted, looking]))


@pytest.mark.parametrize(
    ("start", "other"), [("guide/", CHECKERS_FIELD), ("checker/", GUIDES_WORDS)]
)
def test_guide_and_checker_cannot_reach_each_other(
    start: str, other: tuple[str, str], context: BrowserContext, bare: BrowserContext
) -> None:
    assert reached(bare, start, *other, TO_FIND) == "reached"
    assert reached(context, start, *other, IN_VAIN) == "cut off"
    opened = next(page for page in context.pages[1:] if page.url.endswith(other[0]))
    assert opened.evaluate("opener") is None


def test_a_link_from_the_guide_gives_the_checker_no_opener(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("guide/")
    link = page.locator("main a[href$='checker/']").first
    link.evaluate("link => Object.assign(link, { target: 'opened', rel: 'opener' })")
    with page.expect_popup() as opened:
        link.evaluate("link => link.click()")
    opened.value.wait_for_url("**/checker/")
    assert opened.value.evaluate("opener") is None


FILES = [
    "robots.txt",
    "commit.txt",
    "sitemap.xml",
    "search/search_index.json",
    "checker/vault.js",
    "checker/page.css",
    "checker/runtime/*.pyodide.mjs",
    "assets/pictures/check.*.svg",
    "assets/card.*.png",
]

AS_A_PAGE = """async (url) => {
  const asked = await fetch(url).then(() => "fetched", () => "refused");
  const stored = (() => { try { return localStorage.length; } catch { return "refused"; } })();
  return [origin, asked, stored];
}"""


@pytest.mark.parametrize("pattern", FILES)
def test_a_file_that_is_no_page_can_do_nothing_when_it_is_opened(
    pattern: str, site_dir: Path, context: BrowserContext, bare: BrowserContext, serve_site: str
) -> None:
    (file,) = site_dir.glob(pattern)
    path = file.relative_to(site_dir).as_posix()
    page = bare.new_page()
    page.goto(path)
    assert page.evaluate(AS_A_PAGE, page.url)[1:] == ["fetched", 0]
    page = context.new_page()
    page.goto(path)
    assert page.evaluate(AS_A_PAGE, f"{serve_site}{path}") == ["null", "refused", "refused"]


def test_pictures_look_the_same_under_the_policy_of_files(
    context: BrowserContext, bare: BrowserContext
) -> None:
    """A picture's own style is no page's, so the policy of its file does not take it away."""
    shots = []
    for each in (context, bare):
        page: Page = each.new_page()
        page.goto("guide/make-the-key/")
        picture = page.locator("main img[src$='.svg']").first
        picture.scroll_into_view_if_needed()
        shots.append(picture.screenshot())
    assert shots[0] == shots[1]


def test_a_script_of_the_checker_that_cannot_be_compared_does_not_run(
    browser: Browser, site_dir: Path, tmp_path: Path
) -> None:
    """Without `crossorigin` a browser may not compare; it then shows the page in the wrong colours."""
    site = copied(site_dir, tmp_path / "site")
    checker = site / "checker/index.html"
    checker.write_text(checker.read_text().replace(" crossorigin", ""))
    colours = {}
    for headers in ((site / "_headers").read_text(), ""):
        (site / "_headers").write_text(headers)
        with serving(site) as (url, _), browser.new_page(color_scheme="dark") as page:
            page.goto(f"{url}checker/")
            colours[bool(headers)] = page.locator("body").get_attribute("data-md-color-scheme")
    assert colours == {True: "default", False: "slate"}
