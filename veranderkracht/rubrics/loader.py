"""Rubrics from files, one YAML file each: read whole, or refused with all faults. Where they are is the library's."""

from collections.abc import Iterable
from importlib.resources.abc import Traversable

from veranderkracht.errors import ContentError
from veranderkracht.modules.faults import validate
from veranderkracht.modules.loader import html_faults, read_yaml, slug_faults
from veranderkracht.rubrics.model import Rubric

SUFFIX = ".yaml"


def rubric_files(folders: Iterable[Traversable]) -> dict[str, Traversable]:
    """Give the rubric files of some folders by slug; of two with one slug, the first folder's."""
    files: dict[str, Traversable] = {}
    for folder in folders:
        if folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda file: file.name):
                if file.name.endswith(SUFFIX):
                    files.setdefault(file.name.removesuffix(SUFFIX), file)
    return files


def load_rubric(file: Traversable) -> Rubric:
    """Read a rubric.

    Raises:
        ContentError: naming every fault in the file.
    """
    source = read_yaml(file)
    rubric, faults = validate(Rubric, source, ())
    faults += [*html_faults(source), *slug_faults(source, file.name.removesuffix(SUFFIX))]
    if rubric is None or faults:
        raise ContentError(faults)
    return rubric
