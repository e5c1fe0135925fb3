"""Words written so that a programme does not see them: spelled out, with digits or stars in them, in other letters.

Gives them as they are meant, for whoever looks for signs of need; the text that is kept or sent on stays as it was.
"""

import re

from assistant_service.guards.letters import folded, visible

_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] {1,3}){5,}[^\W\d_](?!\w)")
_MARKED = re.compile(r"(?<!\w)(?:[^\W\d_][.*_·\-]){4,}[^\W\d_](?!\w)")
_STARRED = re.compile(r"(?<=[^\W\d_])[*#@$](?=[^\W\d_])")
_WITH_DIGITS = re.compile(r"(?<!\w)[^\W\d_]+[013457]+[^\W\d_]+(?:[013457]*[^\W\d_]+)*(?!\w)")
_LOOKS_LIKE = str.maketrans("013457", "oieast")


def undisguised(text: str) -> str:
    """Give a text with its disguised words in plain letters."""
    plain = folded(visible(text))
    plain = _SPACED.sub(_joined, plain)
    plain = _MARKED.sub(lambda match: re.sub(r"\W|_", "", match.group()), plain)
    plain = _WITH_DIGITS.sub(lambda match: match.group().translate(_LOOKS_LIKE), plain)
    return _STARRED.sub("", plain)


def _joined(match: re.Match[str]) -> str:
    # Two spaces or more stand between words.
    return " ".join(word.replace(" ", "") for word in re.split(r" {2,}", match.group()))
