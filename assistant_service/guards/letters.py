"""Letters as they look: what hides a word from a pattern and not from an eye is undone, place by place."""

import unicodedata

# Letters of other scripts that look like Latin ones.
_LOOKALIKES = dict(
    zip(
        "аеорсухіјѕһԁԛԝвнкмтАВЕКМНОРСТУХІЈЅαοινρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxijshdqwbhkmtABEKMHOPCTYXIJSaoivptuxABEZHIKMNOPTYX",
        strict=True,
    )
)
_HIDDEN = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0")


def visible(text: str) -> str:
    """Take out what nobody sees: zero-width and direction marks, tags, soft hyphens, control characters."""
    # Sign by sign takes a hundred times as long, and this is done to every passage of every answer.
    hidden = {ord(sign): None for sign in set(text) if _is_hidden(sign)}
    return text.translate(hidden) if hidden else text


def folded(text: str) -> str:
    """Give a text of the same length in which every sign is the plain one that it looks like."""
    return text if text.isascii() else text.translate({ord(sign): _fold(sign) for sign in set(text)})


def _is_hidden(sign: str) -> bool:
    if sign in "\n\t ":
        return False
    return sign in _HIDDEN or unicodedata.category(sign) in ("Cf", "Cc", "Cn", "Co", "Cs")


def _fold(sign: str) -> str:
    if sign.isascii():
        return sign
    plain = _LOOKALIKES.get(sign) or unicodedata.normalize("NFKC", sign)
    if len(plain) == 1 and plain.isspace():
        return " "
    if len(plain) == 1 and plain.isdecimal():
        return str(unicodedata.decimal(plain))
    return plain if len(plain) == 1 else sign
