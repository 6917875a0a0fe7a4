"""A translation that is out of step with English is told, whichever way it is."""

from pathlib import Path

import pytest

from tools.checks import translations
from tools.checks.translations import Glossary, amiss, of_page, of_pages, of_words, stamp_of
from tools.docs.filled import languages

GLOSSARY = Glossary(
    off="desactiv",
    names={"Save": "Save", "Check key": "Verificar clave"},
    in_english="(en inglés)",
    placeholders={"--lang LANG": "--lang IDIOMA"},
)

ENGLISH = """\
---
title: A page
---

# A page

## Turn it off {#off}

1. Click **Save** within 60 seconds.
2. Turn **IP whitelist** off; see [the codes](codes.md#code-1002), such as `1002`.

!!! warning
    Never send the secret key.

| Setting | Needed |
|---|---|
| Withdraw | off |

```console
$ check
```

![A form](assets/form.svg){ width=480 }

<!-- filled: signs -->
English words
<!-- end of signs -->

Then press **Check key**, or `--lang LANG`. The end. [Why](../maintainers/why.md#why)
"""
SPANISH = f"""\
---
title: Una página
translated_from: {stamp_of(ENGLISH)}
---

# Una página

## Desactívelo {{#off}}

1. Haga clic en **Save** (guardar) antes de 60 segundos.
2. Desactive **IP whitelist**; vea [los códigos](codes.md#code-1002), como `1002`.

!!! warning
    No envíe nunca la clave secreta.

| Ajuste | Necesario |
|---|---|
| Withdraw | desactivado |

```console
$ check
```

![Un formulario](assets/form.svg){{ width=480 }}

<!-- filled: signs -->
Palabras españolas: 7
<!-- end of signs -->

Luego pulse **Verificar clave**, o `--lang IDIOMA`. Fin. [Por qué (en
inglés)](../maintainers/why.md#why)
"""


def told(theirs: str) -> str:
    return "; ".join(of_pages({"a.md": ENGLISH}, {"a.md": theirs}, GLOSSARY))


def test_a_page_that_is_in_step_is_in_step() -> None:
    assert told(SPANISH) == ""


@pytest.mark.parametrize(
    ("there", "instead", "said"),
    [
        (stamp_of(ENGLISH), "0" * 12, "outdated"),
        (f"translated_from: {stamp_of(ENGLISH)}\n", "", "outdated"),
        ("{#off}", "{#apagado}", "anchors: {#apagado} for {#off}"),
        (" {#off}", "", "anchors: {#desactivelo} for {#off}"),
        ("## D", "### D", "headings, items, warnings: ### for ##"),
        (
            "codes.md#code-1002",
            "codes.md#code-1003",
            "links: codes.md#code-1003 for codes.md#code-1002",
        ),
        ("form.svg", "otro.svg", "links: assets/otro.svg for assets/form.svg"),
        ("`1002`", "`1003`", "code: `1003` for `1002`"),
        ("$ check", "$ verificar", "code: "),
        ("60", "90", "numbers: 90 for 60"),
        ("2. D", "3. D", "numbers: 3 for 2"),
        ("2. Desactive", "Desactive", "paragraphs for"),
        ("!!! warning", "!!! note", "headings, items, warnings: !!! note for !!! warning"),
        ("!!! warning\n    ", "", "headings, items, warnings: nothing for !!! warning"),
        ("**Save**", "**Guardar**", "bold: Guardar for Save"),
        ("**Save**", "Save", "bold: nothing for Save"),
        ("**Verificar clave**", "**Check key**", "bold: Check key for Check key"),
        ("| desactivado |", "| activado |", "0 times off for 1"),
        ("2. Desactive", "2. Active", "0 times off for 1"),
        ("Luego", "Desactivado, luego", "1 times off for 0"),
        (
            "\nLuego pulse **Verificar clave**, o `--lang IDIOMA`. Fin. [Por qué (en\n"
            "inglés)](../maintainers/why.md#why)",
            "",
            "paragraphs for",
        ),
        (" IDIOMA", " LANG", "code: `--lang LANG` for `--lang IDIOMA`"),
        (" (en\ninglés)", "", "'Por qué': leads to a page in English, and does not end in that"),
    ],
)
def test_what_is_not_as_in_english_is_told(there: str, instead: str, said: str) -> None:
    assert there in SPANISH
    assert said in told(SPANISH.replace(there, instead))


def test_a_page_that_lacks_or_is_left_over_is_told() -> None:
    assert list(of_pages({"a.md": ENGLISH}, {}, GLOSSARY)) == ["a.md: missing"]
    assert "left over" in "".join(of_pages({}, {"a.md": SPANISH}, GLOSSARY))


def test_a_page_is_outdated_by_what_is_written_and_not_by_what_is_filled_in() -> None:
    filled = ENGLISH.replace("English words", "Other words")
    written = ENGLISH.replace("The end.", "The very end.")
    assert stamp_of(filled) == stamp_of(ENGLISH) != stamp_of(written)


def test_the_word_that_stands_above_its_explanation_is_no_label() -> None:
    assert list(of_page("**Save**\n:   To keep.", "**Guardar**\n:   Conservar.", GLOSSARY)) == []
    assert list(of_page("**Save**\n\nNow.", "**Guardar**\n\nAhora.", GLOSSARY)) == []
    assert list(of_page("Click **Save**\n\nNow.", "Clic en **Guardar**\n\nAhora.", GLOSSARY))


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"a.b": "{setting} está desactivado desde hace 5 días"}, ""),
        ({}, "a.b: missing"),
        ({"a.b": "{setting} está desactivado desde hace 5 días", "a.c": "c"}, "a.c: left over"),
        (
            {"a.b": "{ajuste} está desactivado desde hace 5 días"},
            "placeholders: {ajuste} for {setting}",
        ),
        ({"a.b": "{setting} está activado desde hace 5 días"}, "0 times off for 1"),
        ({"a.b": "{setting} está desactivado desde hace 6 días"}, "numbers: 6 for 5"),
    ],
)
def test_words_are_held_in_step_too(theirs: dict[str, str], said: str) -> None:
    found = "; ".join(of_words({"a.b": "{setting} has been off for 5 days"}, theirs, GLOSSARY))
    assert said in found if said else found == ""


def test_a_menu_that_lacks_a_page_or_has_it_elsewhere_is_told() -> None:
    english = "nav:\n  - Home: index.md\n  - a.md\n  - For maintainers:\n      - maintainers/b.md\n"
    assert list(translations.of_menu(english, "nav:\n  - Inicio: index.md\n  - a.md\n")) == []
    assert list(translations.of_menu(english, "nav:\n  - a.md\n  - Inicio: index.md\n"))
    assert list(translations.of_menu(english, "nav:\n  - Inicio: index.md\n"))


def test_stamping_writes_the_hash_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations, "DOCS", tmp_path)
    for language, text in (("en", ENGLISH), ("es", SPANISH.replace(stamp_of(ENGLISH), "0" * 12))):
        (tmp_path / language).mkdir()
        (tmp_path / language / "a.md").write_text(text)
    translations.stamp("es", "a.md")
    assert (tmp_path / "es/a.md").read_text() == SPANISH
    (tmp_path / "es/a.md").write_text(
        SPANISH.replace(f"translated_from: {stamp_of(ENGLISH)}\n", "")
    )
    translations.stamp("es", "a.md")
    assert (tmp_path / "es/a.md").read_text() == SPANISH


def test_words_whose_english_has_changed_are_outdated_until_they_are_stamped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations, "DOCS", tmp_path)
    file = tmp_path / "glossary.es.md"
    file.write_text("Off is: `desactiv`\nWords are from: `000000000000`\n")
    english = translations.sentences("en")
    assert list(translations.of_words_stamp(english, file.read_text()))
    translations.stamp_words("es")
    assert list(translations.of_words_stamp(english, file.read_text())) == []
    changed = english | {"form.check": "Check the key"}
    assert list(translations.of_words_stamp(changed, file.read_text()))
    assert list(translations.of_words_stamp(english, "Off is: `desactiv`\n"))


def test_every_translation_is_in_step() -> None:
    assert [one for language in languages()[1:] for one in amiss(language)] == []
