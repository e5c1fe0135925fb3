"""Likely names of people in a text, so that a learner hears of them before anything is sent.

By titles, roles, first names and capitals in the middle of a sentence. A guess: the learner decides. Initials ('mevrouw
D.') are no names, nor are names that the assignment itself uses.
"""

import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files

import yaml

from assistant_service.feedback import sentences
from assistant_service.feedback.sentences import fold

_FILE = files("assistant_service") / "data" / "feedback" / "namen.yaml"
_LONGEST_NAME = 7  # words
_MOST = 20  # names that are pointed out
_WORD = re.compile(r"['’]?[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_OPENS = re.compile(r"[:\"“‘«(–—]\s*$|(?:^|\s)'$")  # before a capital that is one because something begins


@dataclass(frozen=True)
class _Word:
    text: str
    folded: str
    start: int
    end: int
    opening: bool  # at the beginning of a sentence or of what somebody says

    @property
    def capital(self) -> bool:
        return self.text[0].isupper() and len(self.text) > 1 and not (self.text.isupper() and len(self.text) <= 5)


@dataclass(frozen=True)
class _Lists:
    titles: frozenset[str]
    roles: frozenset[str]
    between: frozenset[str]
    acts: frozenset[str]
    prefixes: frozenset[str]
    houses: frozenset[str]
    no_names: frozenset[str]
    first_names: frozenset[str]
    ambiguous: frozenset[str]


def likely_names(text: str, known: Collection[str] = ()) -> list[str]:
    """Give the likely names of people in a text, each once, as they are written, in order.

    Args:
        text: the learner's.
        known: words that may be said, such as the assignment's own names; folded.
    """
    found: dict[str, str] = {}
    for sentence in sentences.split(text):
        words = list(_words(sentence.text))
        at = 0
        while at < len(words):
            length = _name_at(words, at, known)
            if not length:
                at += 1
                continue
            name = sentence.text[words[at].start : words[at + length - 1].end]
            found.setdefault(fold(name), name)
            at += length
            if len(found) >= _MOST:
                return list(found.values())
    # A name that was said once with its surname is not told again without.
    return [name for key, name in found.items() if not any(key != other and key in other.split() for other in found)]


def words_of(*texts: str) -> frozenset[str]:
    """Give the words of an assignment that may be said, folded."""
    return frozenset(fold(match.group()) for text in texts for match in _WORD.finditer(text))


def _words(sentence: str) -> Iterator[_Word]:
    for number, match in enumerate(_WORD.finditer(sentence)):
        opening = number == 0 or _OPENS.search(sentence, max(0, match.start() - 3), match.start()) is not None
        text = match.group()
        yield _Word(text, fold(text).removesuffix("'s"), match.start(), match.end(), opening)


def _name_at(words: list[_Word], at: int, known: Collection[str]) -> int:
    """Give how many words from here are a name; 0 when none."""
    lists = _lists()
    before = words[at - 1].folded if at else ""
    further_before = words[at - 2].folded if at > 1 else ""
    length = _surname(words, at)
    if not length:
        return _small_name(words, at, known)
    if any(part.folded in known for part in words[at : at + length] if part.capital):
        return 0
    head = words[at]
    if head.folded in lists.titles:
        return 0
    if (
        length > 1
        and before not in lists.titles
        and any(part.folded in lists.no_names for part in words[at : at + length])
    ):
        return 0
    if before in lists.titles:
        return length
    if head.capital and head.folded in lists.first_names and not (head.opening and head.folded in lists.ambiguous):
        # 'Rosa vroeg' is a name at the beginning of a sentence too; 'Gent' is no name anywhere.
        return length
    if head.folded in lists.no_names or before in lists.houses or head.opening:
        return 0
    if before in lists.roles or (before in lists.between and further_before in lists.roles):
        return length
    if length > 1 and head.capital and not _after_article(words, at):
        return length
    after = words[at + length].folded if at + length < len(words) else ""
    if head.capital and not _after_article(words, at) and (after in lists.acts or before in lists.acts):
        return length
    return 0


def _surname(words: list[_Word], at: int) -> int:
    """Give the length of a run of capitals from here, as in 'Van den Broeck'; 0 when none begins here."""
    lists = _lists()
    end = at
    while end < min(len(words), at + _LONGEST_NAME) and _is_part(words[end], lists):
        end += 1
        # Small words inside a name.
        inside = end
        while (
            inside < min(len(words), at + _LONGEST_NAME)
            and words[inside].folded in lists.prefixes
            and not words[inside].opening
        ):
            inside += 1
        if end < inside < min(len(words), at + _LONGEST_NAME) and words[inside].capital:
            end = inside
    run = words[at:end]
    capitals = [part for part in run if part.capital and part.folded not in lists.prefixes]
    if not capitals or any(part.opening for part in run[1:]):
        return int(words[at].capital and words[at].folded not in lists.prefixes)
    return len(run)


def _is_part(word: _Word, lists: _Lists) -> bool:
    return word.capital or (word.folded in lists.prefixes and word.text[0].isupper())


def _small_name(words: list[_Word], at: int, known: Collection[str]) -> int:
    """Give 1 for a first name in a text without capitals, where a person is named: 'de dochter van jeanne'."""
    lists = _lists()
    word = words[at]
    if word.text[0].isupper() or word.folded in known or word.folded not in lists.first_names - lists.ambiguous:
        return 0
    before = words[at - 1].folded if at else ""
    cue = before in lists.titles | lists.roles | lists.between | {"bij", "aan", "door", "dat", "en", "heeft", "zei"}
    after = words[at + 1].folded if at + 1 < len(words) else ""
    return int(cue or after in lists.acts or at == 0)


def _after_article(words: list[_Word], at: int) -> bool:
    return at > 0 and words[at - 1].folded in {"de", "het", "een", "in", "naar", "uit", "te", "op", "via", "per"}


@functools.lru_cache(maxsize=1)
def _lists() -> _Lists:
    raw: dict[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    lists = {name: frozenset(word for row in rows for word in row.split()) for name, rows in raw.items()}
    return _Lists(
        titles=lists["aanspreking"],
        roles=lists["rol"],
        between=lists["tussen"],
        acts=lists["doet"],
        prefixes=lists["voorvoegsels"],
        houses=lists["huis"],
        no_names=lists["geen-naam"],
        first_names=lists["voornamen"],
        ambiguous=lists["dubbelzinnig"],
    )
