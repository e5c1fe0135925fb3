"""Worksheets and scans from files, one YAML file each: read whole, or refused with all faults."""

from collections.abc import Collection, Mapping
from importlib.resources.abc import Traversable

from veranderkracht.errors import ContentError, Fault
from veranderkracht.modules.faults import validate, walk
from veranderkracht.modules.loader import SUFFIX, html_faults, read_yaml, slug_faults
from veranderkracht.modules.yaml_source import YamlSource
from veranderkracht.toolkit.model import ScanTool, Tool, WorksheetTool

KINDS: dict[str, type[Tool]] = {"worksheet": WorksheetTool, "scan": ScanTool}


def load_tool(file: Traversable, modules: Collection[str] | None = None) -> Tool:
    """Read a worksheet or scan.

    Args:
        file: its name is the tool's slug.
        modules: the slugs that a scan's themes may point to; None leaves that unchecked.

    Raises:
        ContentError: naming every fault in the file.
    """
    source = read_yaml(file)
    kind = source.value.get("kind") if isinstance(source.value, dict) else None
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        reason = f"kind: verwacht wordt een van {', '.join(KINDS)}"
        raise ContentError([*source.faults, source.fault(("kind",) if kind is not None else (), reason)])
    tool, faults = validate(model, source, _strangers(source, modules))
    faults += [*html_faults(source), *slug_faults(source, file.name.removesuffix(SUFFIX))]
    if tool is None or faults:
        raise ContentError(faults)
    return tool


def _strangers(source: YamlSource, modules: Collection[str] | None) -> list[Fault]:
    if modules is None:
        return []
    return [
        source.fault(path, f"module {value!r} bestaat niet; bekend zijn {', '.join(sorted(modules))}")
        for path, value in walk(source.value)
        if len(path) == 4 and (path[0], path[2]) == ("themes", "modules") and value not in modules
    ]


def tool_kinds(files: Mapping[str, Traversable]) -> dict[str, str]:
    """Give the kind that each file says it is, whether or not the rest of it can be read."""
    kinds = {}
    for slug, file in files.items():
        try:
            value = read_yaml(file).value
        except ContentError:
            continue
        if isinstance(value, dict):
            kinds[slug] = str(value.get("kind"))
    return kinds
