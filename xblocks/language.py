"""The language of a block's pages and answers: the one that the platform speaks with this person."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from django.utils.translation import get_language

from veranderkracht import languages

# Whoever shows a block has imported this; an XBlock has no start of its own.
languages.add_catalogues(Path(__file__).parent / "locale")

Act = TypeVar("Act", bound=Callable[..., Any])


def in_their_language(act: Act) -> Act:
    """Have a view or a handler speak the language that Django speaks now; Dutch when that is none of ours."""

    @wraps(act)
    def speaking(*given: Any, **named: Any) -> Any:
        languages.speak(languages.choose([get_language() or ""]))
        return act(*given, **named)

    return cast(Act, speaking)
