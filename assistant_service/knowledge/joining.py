"""A found passage made readable: given with the end of what comes before it and the beginning of what comes after it.

Only where it was cut out of one section: a section is one argument, and an index cuts it where it is full.
"""

import re

from assistant_service.knowledge.index_chroma import Entry
from assistant_service.knowledge.passages import HEADING, LONGEST_AROUND

_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")


def goes_on(before: Entry, after: Entry) -> bool:
    """Tell whether a passage is in the section in which the one before it, of the same document, stopped."""
    heading = after.title.partition(HEADING)[2]
    if heading == before.title.partition(HEADING)[2]:
        return True
    # The section began further on in the passage before, where its heading stands as a line.
    return bool(heading) and heading in before.text.split("\n")


def readable(entry: Entry, before: Entry | None, after: Entry | None) -> str:
    """Give the text of a passage with what stands around it.

    Args:
        entry: the passage.
        before: the passage that it goes on from, or None.
        after: the passage that goes on from it, or None.
    """
    text = entry.text
    if before is not None:
        text = f"{_end(before.text, entry)}\n\n{text}".lstrip()
    if after is not None:
        text = f"{text}\n\n{_beginning(after.text)}".rstrip()
    return text


def _end(text: str, entry: Entry) -> str:
    """Give the longest run of whole sentences that fits at the end of a text, from the section's heading on."""
    heading = entry.title.partition(HEADING)[2]
    if heading:
        text = f"\n{text}\n".rpartition(f"\n{heading}\n")[2].strip()
    if len(text) <= LONGEST_AROUND:
        return text
    cut = _BREAK.search(text, len(text) - LONGEST_AROUND - 1)
    return text[cut.end() :].strip() if cut else ""


def _beginning(text: str) -> str:
    """Give the longest run of whole sentences at the beginning of a text that fits."""
    if len(text) <= LONGEST_AROUND:
        return text
    # A sentence that ends at the limit is seen to end by what follows it.
    ends = [one.start() for one in _BREAK.finditer(text, 0, LONGEST_AROUND + 2) if one.start() <= LONGEST_AROUND]
    return text[: ends[-1]].strip() if ends else ""
