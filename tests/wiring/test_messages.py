"""Every text of the portal is there in every language."""

import pytest
from babel.messages.catalog import Catalog

from core.language import catalogue
from core.language.catalogue import LANGUAGES, faults, said


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing_and_what_is_compiled_is_what_is_written(language: str) -> None:
    assert list(faults(language)) == [], "core/locale/, then `make messages`"


def test_texts_of_all_kinds_are_found() -> None:
    found = {text.id for text in said()}
    assert "Skip to the content" in found  # of a template
    assert "Open it in the portal:" in found  # of a mail
    assert "Give the homework a title." in found  # of a form
    assert "There is no such homework." in found  # of a refusal


def test_a_text_that_nobody_has_translated_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    more = Catalog()
    for text in said():
        more.add(text.id, context=text.context)
    more.add("A text of tomorrow")
    monkeypatch.setattr(catalogue, "said", lambda: more)
    assert "not translated: 'A text of tomorrow'" in faults("es")


def test_a_placeholder_that_the_translation_lost_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoilt = catalogue.read("es")
    spoilt["Due %(when)s"].string = "Entrega: %(cuando)s"
    monkeypatch.setattr(catalogue, "read", lambda _language: spoilt)
    assert any("Due %(when)s" in fault for fault in faults("es"))
