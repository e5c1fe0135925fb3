"""Counting words as a person would: a run of letters or digits, with its apostrophes and hyphens, is one word."""

import re

_WORD = re.compile(r"\w+(?:['’\-‑]\w+)*")


def count_words(text: str) -> int:
    """Give the number of words in a text; the page counts by the same rule (static/words.js)."""
    return len(_WORD.findall(text))
