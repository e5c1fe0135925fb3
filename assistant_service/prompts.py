"""The prompts for language models: Jinja2 templates that refuse a missing value, with others' words marked as data."""

import functools
import secrets

from jinja2 import Environment, PackageLoader, StrictUndefined


def render(name: str, **values: object) -> str:
    """Give the prompt of a template under `templates/`.

    Args:
        name: its path, such as `feedback/system.j2`.
        values: every value that the template names.

    Raises:
        jinja2.UndefinedError: one is missing.
    """
    return _templates().get_template(name).render(**values).strip()


def mark() -> str:
    """Give a fresh mark to fence others' words with, one that nobody can have written in them."""
    return secrets.token_hex(6)


@functools.lru_cache(maxsize=1)
def _templates() -> Environment:
    # No HTML is made here: a model must read what people wrote, sign for sign.
    return Environment(
        loader=PackageLoader("assistant_service"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )
