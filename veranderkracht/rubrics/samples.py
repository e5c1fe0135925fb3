"""Sample works with a hand-made assessment, three per rubric: what a level looks like in a text by somebody.

Files `voorbeelden/<slug>.yaml` beside the rubrics, held to the very version of the rubric they were assessed with.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable

from pydantic import Field

from veranderkracht.errors import ContentError, Fault
from veranderkracht.modules.faults import validate
from veranderkracht.modules.loader import SUFFIX, html_faults, read_yaml, yaml_files
from veranderkracht.modules.model import Part, Slug, Text
from veranderkracht.modules.yaml_source import Path, YamlSource
from veranderkracht.rubrics.model import Rubric

SAMPLES_FOLDER = "voorbeelden"
SAMPLES = 3

_QUOTE = re.compile("“([^“”]*)”")


class Sample(Part):
    """A learner's text, and how a teacher assessed it.

    A worksheet's text is what was filled in, part by part, with the part's title above it.
    """

    id: Slug
    title: Text
    work: Text
    levels: dict[Slug, Slug]
    comments: dict[Slug, Text]
    comment: Text


class Samples(Part):
    """The sample works of one rubric, and its version when they were assessed."""

    rubric: Slug
    version: int = Field(ge=1)
    samples: tuple[Sample, ...] = Field(min_length=SAMPLES, max_length=SAMPLES)


def samples_files(rubrics: Traversable) -> dict[str, Traversable]:
    """Give the files of sample works of a folder of rubrics, by the rubric's slug."""
    return yaml_files([rubrics / SAMPLES_FOLDER])


def load_samples(file: Traversable, rubric: Rubric) -> Samples:
    """Read the sample works of a rubric.

    Raises:
        ContentError: naming every fault in the file, and where it does not fit the rubric.
    """
    source = read_yaml(file)
    samples, faults = validate(Samples, source, ())
    faults += [*html_faults(source), *_name_faults(source, file.name.removesuffix(SUFFIX))]
    if samples is not None:
        faults += _misfits(source, samples, rubric)
    if samples is None or faults:
        raise ContentError(faults)
    return samples


def _name_faults(source: YamlSource, name: str) -> list[Fault]:
    named = source.value.get("rubric") if isinstance(source.value, dict) else None
    if isinstance(named, str) and named != name:
        reason = f"rubric {named!r} gevonden, verwacht wordt {name!r}: het bestand heet zoals zijn rubriek"
        return [source.fault(("rubric",), reason)]
    return []


def _misfits(source: YamlSource, samples: Samples, rubric: Rubric) -> Iterator[Fault]:
    if samples.version != rubric.version:
        reason = (
            f"beoordeeld met versie {samples.version}, de rubriek heeft versie {rubric.version}; "
            "lees de beoordelingen na en pas het nummer aan"
        )
        yield source.fault(("version",), reason)
    for number, sample in enumerate(samples.samples):
        here: Path = ("samples", number)
        yield from _level_faults(source, here, sample, rubric)
        yield from _comment_faults(source, here, sample, rubric)


def _level_faults(source: YamlSource, here: Path, sample: Sample, rubric: Rubric) -> Iterator[Fault]:
    graded = {criterion.id: criterion for criterion in rubric.graded}
    yield from _missing(source, (*here, "levels"), sample.levels, graded)
    for criterion_id, level_id in sample.levels.items():
        path = (*here, "levels", criterion_id)
        if criterion_id not in graded:
            known = ", ".join(graded)
            yield source.fault(path, f"criterium {criterion_id!r} met punten bestaat niet; bekend zijn {known}")
        elif graded[criterion_id].level(level_id) is None:
            known = ", ".join(level.id for level in graded[criterion_id].levels)
            yield source.fault(path, f"niveau {level_id!r} bestaat niet bij {criterion_id!r}; bekend zijn {known}")


def _comment_faults(source: YamlSource, here: Path, sample: Sample, rubric: Rubric) -> Iterator[Fault]:
    yield from _missing(source, (*here, "comments"), sample.comments, [each.id for each in rubric.graded])
    known = [criterion.id for criterion in rubric.criteria]
    for criterion_id, text in sample.comments.items():
        path = (*here, "comments", criterion_id)
        if criterion_id not in known:
            reason = f"criterium {criterion_id!r} bestaat niet; bekend zijn {', '.join(known)}"
            yield source.fault(path, reason)
        yield from _quote_faults(source, path, text, sample.work)
    yield from _quote_faults(source, (*here, "comment"), sample.comment, sample.work)


def _missing(
    source: YamlSource, path: Path, given: Mapping[str, str], wanted: Mapping[str, object] | list[str]
) -> Iterator[Fault]:
    if missing := [each for each in wanted if each not in given]:
        yield source.fault(path, f"{path[-1]}: nog niets bij {', '.join(missing)}")


def _quote_faults(source: YamlSource, path: Path, text: str, work: str) -> Iterator[Fault]:
    said = _unbroken(work)
    for quote in _QUOTE.findall(text):
        if not quote.strip() or _unbroken(quote) not in said:
            reason = f"het citaat “{quote}” staat niet letterlijk in het werk"
            yield Fault(source.file, source.line_of(path, quote), reason)


def _unbroken(text: str) -> str:
    """Give a text without its line breaks, which in a file stand anywhere."""
    return " ".join(text.split())
