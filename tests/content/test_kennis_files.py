"""What every shipped knowledge article and the thesaurus promise to whoever searches them.

That a file can be read at all is for the loader's tests; here are the house rules for what we publish.
"""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from veranderkracht.knowledge.loader import load_article, load_thesaurus
from veranderkracht.knowledge.model import Article, ArticleSource

KENNIS = Path(__file__).parents[2] / "content" / "kennis"
FILES = sorted(KENNIS.glob("*.md"))
SHORTEST, LONGEST = 180, 520  # words
LICENCES = {"CC-BY-SA-4.0", "CC-BY-4.0", "CC0-1.0"}  # what may go into material that is CC BY-SA 4.0 as a whole
ROUTE = {
    "vertrekken",
    "organisatie-lezen",
    "samen-kijken",
    "koers-kiezen",
    "partnerschap",
    "plan-met-doelen",
    "klein-beginnen",
    "mensen-meekrijgen",
    "borgen-en-opschalen",
    "tonen-wat-het-oplevert",
}


def article_faults(article: Article) -> set[str]:
    """Name the house rules that an article breaks."""
    headings = re.findall(r"^(#+) ", article.text, re.MULTILINE)
    broken = {
        "words": not SHORTEST <= len(re.findall(r"\w+(?:['’-]\w+)*", article.text)) <= LONGEST,
        "licence": article.licence not in LICENCES,
        "modules": not article.modules or not set(article.modules) <= ROUTE,
        "origin": not (article.source.author or article.source.publisher),
        "headings": len(headings) < 2 or set(headings) != {"##"},
        "named": not any(name in article.text for name in _names(article.source)),
        "validity": article.source.year is not None and article.valid_until.year <= article.source.year,
    }
    return {rule for rule, is_broken in broken.items() if is_broken}


def thesaurus_faults(groups: Sequence[Sequence[str]]) -> set[str]:
    """Name the house rules that the thesaurus breaks."""
    terms = Counter(term for group in groups for term in group)
    broken = {
        "alone": any(len(set(group)) < 2 for group in groups),
        "case": any(term != term.lower() for term in terms),
        "twice": any(count > 1 for count in terms.values()),
        "long": any(len(term.split()) > 3 for term in terms),
    }
    return {rule for rule, is_broken in broken.items() if is_broken}


def _names(source: ArticleSource) -> list[str]:
    """Give what a text may call its source: an author's surname, an abbreviation in brackets, or a law by its year."""
    authors = re.split(r", | en ", source.author) if source.author else []
    short = re.findall(r"\(([A-Z]{2,})\)", f"{source.title} {source.author}")
    return [*short, *(author.split()[-1] for author in authors), *([str(source.year)] if not authors else [])]


def _sound() -> Article:
    return Article(
        slug="klein",
        title="Klein",
        modules=("samen-kijken",),
        source=ArticleSource(title="Small wins", author="Karl E. Weick", year=1984),
        valid_until=date(2029, 12, 31),
        licence="CC-BY-SA-4.0",
        text="## Eerst\n\nWeick zag het.\n\n## Dan\n\n" + "woord " * SHORTEST,
    )


def test_there_are_at_least_ten_articles_and_every_one_has_its_own_slug() -> None:
    slugs = [re.findall(r"^slug: (\S+)$", file.read_text(encoding="utf-8"), re.MULTILINE) for file in FILES]
    assert len(FILES) >= 10
    assert all(len(found) == 1 for found in slugs)
    assert len({found[0] for found in slugs}) == len(FILES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_article_is_complete_short_free_to_use_and_names_its_source(file: Path) -> None:
    assert article_faults(load_article(file)) == set()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("words", {"text": "## Eerst\n\nWeick.\n\n## Dan\n\nTe kort."}),
        ("words", {"text": "## Eerst\n\nWeick.\n\n## Dan\n\n" + "woord " * (LONGEST + 1)}),
        ("licence", {"licence": "alle rechten voorbehouden"}),
        ("modules", {"modules": ()}),
        ("modules", {"modules": ("samen-kijken", "samen-luisteren")}),
        ("headings", {"text": "# Klein\n\nWeick " + "woord " * SHORTEST}),
        ("named", {"text": "## Eerst\n\nIemand zag het.\n\n## Dan\n\n" + "woord " * SHORTEST}),
        ("validity", {"valid_until": date(1984, 12, 31)}),
    ],
)
def test_an_article_that_breaks_a_house_rule_is_told_which(rule: str, change: dict[str, object]) -> None:
    assert article_faults(_sound()) == set()
    assert article_faults(_sound().model_copy(update=change)) == {rule}


def test_an_article_without_author_or_publisher_is_refused() -> None:
    nobody = ArticleSource(title="Small wins", year=1984)
    text = _sound().text.replace("Weick", "In 1984")
    assert article_faults(_sound().model_copy(update={"source": nobody, "text": text})) == {"origin"}


def test_the_thesaurus_groups_each_word_once_in_lower_case_with_at_least_one_other() -> None:
    groups = load_thesaurus(KENNIS / "thesaurus.yaml")
    assert len(groups) >= 50
    assert thesaurus_faults(groups) == set()


@pytest.mark.parametrize(
    ("rule", "groups"),
    [
        ("case", [["Mantelzorger", "naaste"]]),
        ("alone", [["naaste"]]),
        ("twice", [["naaste", "verwant"], ["verwant", "familie"]]),
        ("twice", [["naaste", "verwant", "naaste"]]),
        ("long", [["naaste", "iemand die vaak op bezoek komt"]]),
    ],
)
def test_a_thesaurus_that_breaks_a_house_rule_is_told_which(rule: str, groups: list[list[str]]) -> None:
    assert thesaurus_faults(groups) == {rule}
