"""What a knowledge article is, and the thesaurus: groups of words that mean the same to whoever searches."""

from datetime import date
from typing import Annotated

from pydantic import Field, HttpUrl, RootModel

from veranderkracht.modules.model import Asked, Markdown, Part, Slug, Text


class ArticleSource(Part):
    """The work that an article draws on."""

    title: Text
    author: Text | None = None
    publisher: Text | None = None
    year: int | None = Field(default=None, ge=1800, le=2100)
    url: HttpUrl | None = None


class FrontMatter(Part):
    """What stands between the two lines of `---` at the head of an article."""

    slug: Slug
    title: Text
    modules: tuple[Slug, ...] = ()
    source: ArticleSource
    valid_until: date
    licence: Text
    asked: Asked = ()


class Article(FrontMatter):
    """A short text of the knowledge base, in Markdown, with its source."""

    text: Markdown


class Thesaurus(RootModel[tuple[Annotated[tuple[Text, ...], Field(min_length=2)], ...]]):
    """Groups of words with one meaning."""
