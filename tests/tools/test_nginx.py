"""nginx's configuration says what `_headers` says; `make test-nginx` tries it in nginx itself."""

from pathlib import Path

import pytest

from tools import nginx

HEADERS = """\
/*
  X-Frame-Options: DENY
/
  Content-Security-Policy: default-src 'none'; script-src 'self'
/about/*
  Content-Security-Policy: default-src 'self'
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("index.html", "checker/view.mjs", "a.wasm"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("any")
    (tmp_path / "_headers").write_text(HEADERS)
    return tmp_path


def test_each_header_is_a_map_from_paths_and_is_sent_with_every_answer(site: Path) -> None:
    text = nginx.configuration(site, "443 ssl")
    assert (
        "map $uri $keycheck_content_security_policy {\n"
        '    default "";\n'
        "    \"/\" \"default-src 'none'; script-src 'self'\";\n"
        '    "~^/about/" "default-src \'self\'";\n'
        "}"
    ) in text
    assert 'map $uri $keycheck_x_frame_options {\n    default "DENY";\n}' in text
    assert "add_header Content-Security-Policy $keycheck_content_security_policy always;" in text


def test_modules_and_wasm_get_the_types_that_browsers_ask_for(site: Path) -> None:
    text = nginx.configuration(site, "443 ssl")
    assert "    text/javascript mjs;\n    application/wasm wasm;" in text


def test_without_a_site_it_is_a_sentence(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nginx, "SITE", site / "none")
    with pytest.raises(SystemExit, match="run `make site` first"):
        nginx.main()
