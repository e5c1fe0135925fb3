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
    """Give the longest run of whole sentences at the end of a text that fits, from the section's heading on."""
    heading = entry.title.partition(HEADING)[2]
    _, found, section = f"\n{text}\n".rpartition(f"\n{heading}\n") if heading else ("", "", "")
    if found:
        text = section.strip()
    starts = [0, *(one.end() for one in _BREAK.finditer(text))]
    return next((text[start:] for start in starts if len(text) - start <= LONGEST_AROUND), "").strip()


def _beginning(text: str) -> str:
    """Give the longest run of whole sentences at the beginning of a text that fits, up to a next section."""
    ends = [*(one.start() for one in _BREAK.finditer(text)), len(text)]
    return text[: max((end for end in ends if end <= LONGEST_AROUND), default=0)].strip()
