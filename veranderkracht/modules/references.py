"""What the steps of a module point at: files, rubrics, sources, people; each must be there.

Works on what the file says, not on the model, so that one broken step does not hide the faults of the others.
"""

from collections.abc import Collection, Iterator, Mapping

from veranderkracht.errors import Fault
from veranderkracht.modules.yaml_source import Path, Value, YamlSource

Item = tuple[Path, dict[str, Value]]


def reference_faults(
    source: YamlSource,
    files: Collection[str],
    rubrics: Collection[str] | None,
    tools: Mapping[str, str] | None = None,
) -> list[Fault]:
    """Name everything in a module.yaml that points at nothing.

    Args:
        source: the file.
        files: the Markdown files that stand beside it.
        rubrics: the slugs of the rubrics there are; None leaves them unchecked.
        tools: the kind of each worksheet and scan there is, by slug; None leaves them unchecked.
    """
    if not isinstance(source.value, dict):
        return []
    module: Item = ((), source.value)
    faults: list[Fault] = []
    for step in _items(module, "steps"):
        faults += _name_faults(source, step, "file", files, "Markdown-bestand")
        if rubrics is not None:
            faults += _name_faults(source, step, "rubric", rubrics, "rubriek")
        if tools is not None:
            fitting = [slug for slug, kind in tools.items() if kind == step[1].get("kind")]
            faults += _name_faults(source, step, "tool", fitting, f"{step[1].get('kind')} in de toolkit")
        faults += _source_faults(source, step, _ids(module, "sources"))
        faults += _reaction_faults(source, step, _ids(step, "people"))
    return faults


def _name_faults(source: YamlSource, step: Item, key: str, known: Collection[str], what: str) -> Iterator[Fault]:
    path, content = step
    name = content.get(key)
    if isinstance(name, str) and name not in known:
        yield source.fault((*path, key), f"{what} {name!r} niet gevonden; wel: {_listed(known)}")


def _source_faults(source: YamlSource, step: Item, known: list[str]) -> Iterator[Fault]:
    path, content = step
    cited = content.get("sources")
    for index, name in enumerate(cited if isinstance(cited, list) else []):
        if isinstance(name, str) and name not in known:
            reason = f"onbekende bron {name!r}; onder 'sources' van de module: {_listed(known)}"
            yield source.fault((*path, "sources", index), reason)


def _reaction_faults(source: YamlSource, step: Item, people: list[str]) -> Iterator[Fault]:
    for decision in _items(step, "decisions"):
        for path, option in _items(decision, "options"):
            reactions = option.get("reactions")
            for name in reactions if isinstance(reactions, dict) else {}:
                if name not in people:
                    reason = f"reactie van {name!r}, die niet in de casus zit; onder 'people': {_listed(people)}"
                    yield source.fault((*path, "reactions", name), reason)


def _items(parent: Item, key: str) -> Iterator[Item]:
    """Give the mappings in a list, passing over whatever has another shape: the model tells of that."""
    path, content = parent
    items = content.get(key)
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield (*path, key, index), item


def _ids(parent: Item, key: str) -> list[str]:
    return [name for _, item in _items(parent, key) if isinstance(name := item.get("id"), str)]


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names)) or "nog niets"
