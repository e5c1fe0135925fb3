"""Rubrics from files, one YAML file each: read whole, or refused with all faults. Where they are is the library's."""

from importlib.resources.abc import Traversable

from veranderkracht.errors import ContentError
from veranderkracht.modules.faults import validate
from veranderkracht.modules.loader import SUFFIX, html_faults, read_yaml, slug_faults
from veranderkracht.rubrics.model import Rubric


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
