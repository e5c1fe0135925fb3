"""Whether words recite instructions: letter by letter, also backwards, with accents or digits for letters, or encoded.

Known codes are rot13, base64 and hexadecimal. Another code, another language or other words are not seen.
"""

import base64
import codecs
import functools
import itertools
import unicodedata
from collections.abc import Iterator, Sequence

from assistant_service.guards.letters import folded

RUN = 40  # letters in a row out of the instructions that make a leak
SUSPECT = 24  # letters in a row that may become one
_LOOKS_LIKE = str.maketrans("013457", "oieast")


class Recital:
    """What may not be recited.

    Args:
        secrets: the instructions.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._runs = _runs(tuple(secrets))

    def follow(self, letters: str) -> bool:
        """Tell whether the last letters stand so in the instructions; `letters` as `letter` gives them."""
        return hash(letters[-SUSPECT:]) in self._runs

    def within(self, text: str) -> bool:
        """Tell whether a whole text recites."""
        letters, row = "", 0
        for one in map(letter, folded(text)):
            if one:
                letters = (letters + one)[-SUSPECT:]
                row = row + 1 if self.follow(letters) else 0
                if row > RUN - SUSPECT:
                    return True
        return False


def letter(sign: str) -> str:
    """Give the plain letter that a folded sign stands for, or nothing when it is none."""
    if not sign.isalnum():
        return ""
    return unicodedata.normalize("NFKD", sign)[0].casefold()[0].translate(_LOOKS_LIKE)


@functools.lru_cache(maxsize=16)
def _runs(secrets: tuple[str, ...]) -> frozenset[int]:
    # By their hashes, within this process alone: the instructions of each profile give tens of thousands.
    found: set[int] = set()
    for version in itertools.chain.from_iterable(map(_versions, secrets)):
        letters = "".join(map(letter, folded(version)))
        found.update(hash(letters[start : start + SUSPECT]) for start in range(len(letters) - SUSPECT + 1))
    return frozenset(found)


def _versions(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield secret
    yield secret[::-1]
    yield codecs.encode(secret, "rot13")
    yield raw.hex()
    for skipped in range(3):
        # Wherever in the encoded text it begins, its letters fall in one of three ways.
        yield base64.b64encode(raw[skipped:]).decode().rstrip("=")
