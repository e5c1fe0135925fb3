"""Whoever reads English or French, reads the screens so: every text of ours has its translation, and it fits."""

import re
from collections import defaultdict

import pytest
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st

from scripts import catalogues
from veranderkracht import languages

MARKS = re.compile(r"\{\w*(?:![rs])?\}|%\(\w+\)s|%%|</?\w+")
FILES = {str(file.relative_to(catalogues.ROOT)): (file, content) for file, content in catalogues.files()}
MESSAGES = {
    (language, domain.name): [message for message in catalogues.updated(domain, language) if message.id]
    for language in languages.TRANSLATED
    for domain in catalogues.DOMAINS
}


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[call-overload, no-any-return]


@pytest.mark.parametrize("name", FILES)
def test_a_catalogue_has_the_texts_of_the_code_and_no_others(name: str) -> None:
    file, content = FILES[name]
    assert file.read_bytes() == content, "run `python scripts/catalogues.py`, and translate what is new"


@pytest.mark.parametrize(("language", "domain"), MESSAGES)
def test_every_text_has_a_translation_that_keeps_its_values(language: str, domain: str) -> None:
    def fits(message: Message) -> bool:
        said, source = forms(message.string), forms(message.id)
        marks = {frozenset(MARKS.findall(form)) for form in source}
        return all(said) and all(frozenset(MARKS.findall(form)) in marks for form in said)

    assert [message.id for message in MESSAGES[language, domain] if not fits(message)] == []


@pytest.mark.parametrize("language", languages.TRANSLATED)
def test_a_text_is_translated_the_same_wherever_it_stands(language: str) -> None:
    said = defaultdict(set)
    for (spoken, _), messages in MESSAGES.items():
        for message in messages:
            if spoken == language:
                said[message.id].add(message.string)
    assert {text: each for text, each in said.items() if len(each) > 1} == {}


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [
        (["fr-BE", "nl"], "fr"),
        (["de-DE", "en-US", "nl"], "en"),
        (["nl-BE", "en"], "nl"),
        (["de"], "nl"),
        (["EN-gb"], "en"),
        (["*"], "nl"),
        ([], "nl"),
    ],
)
def test_the_first_language_that_we_speak_is_spoken(wanted: list[str], spoken: str) -> None:
    assert languages.choose(wanted) == spoken


@given(st.lists(st.text()))
def test_whatever_a_browser_says_it_wants_we_speak_something(wanted: list[str]) -> None:
    assert languages.choose(wanted) in languages.LANGUAGES
