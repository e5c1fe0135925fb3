"""Modules from files: module.yaml and the Markdown beside it, read whole or refused with all its faults.

Also what every loader shares: reading a file, and finding HTML in texts. Where folders are found is the library's.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from importlib.resources.abc import Traversable

from veranderkracht.errors import ContentError, Fault
from veranderkracht.modules.faults import validate, walk
from veranderkracht.modules.figures import Named, faults_in, marked
from veranderkracht.modules.markdown import unsafe
from veranderkracht.modules.model import Module
from veranderkracht.modules.references import reference_faults
from veranderkracht.modules.yaml_source import YamlSource, decode, parse

MODULE_FILE = "module.yaml"
SUFFIX = ".yaml"
ALT_WORDS = 4  # a figure whose words are fewer says its name, not what it means


def load_module(
    folder: Traversable, rubrics: Collection[str] | None = None, tools: Mapping[str, str] | None = None
) -> Module:
    """Read a module.

    Args:
        folder: the folder that holds module.yaml; its name is the module's slug.
        rubrics: the slugs that steps may name as their rubric; None leaves that unchecked.
        tools: the kind of each worksheet and scan that steps may name, by slug; None leaves that unchecked.

    Raises:
        ContentError: naming every fault in module.yaml and the Markdown beside it.
    """
    faults = [fault for file in markdown_files(folder) for fault in _markdown_faults(file, folder)]
    try:
        source = read_yaml(folder / MODULE_FILE)
    except ContentError as error:
        raise ContentError([*faults, *error.faults]) from error
    files = [file.name for file in markdown_files(folder)]
    module, refused = validate(Module, source, reference_faults(source, files, rubrics, tools))
    faults += [*refused, *html_faults(source), *slug_faults(source, folder.name)]
    if module is None or faults:
        raise ContentError(faults)
    return module


def read_yaml(file: Traversable) -> YamlSource:
    """Read a YAML file.

    Raises:
        ContentError: it is not there, not readable or not YAML.
    """
    return parse(read_bytes(file), str(file))


def read_markdown(file: Traversable) -> str:
    """Read the text of a Markdown file.

    Raises:
        ContentError: it is not there or not UTF-8.
    """
    return decode(read_bytes(file), str(file))


def read_bytes(file: Traversable) -> bytes:
    """Read a file.

    Raises:
        ContentError: it is not there or not readable.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        reason = f"bestand niet gevonden of niet leesbaar; verwacht wordt {file.name}"
        raise ContentError([Fault(str(file), 1, reason)]) from error


def markdown_files(folder: Traversable) -> list[Traversable]:
    """Give the Markdown files of a folder, by name."""
    if not folder.is_dir():
        return []
    return sorted((file for file in folder.iterdir() if file.name.endswith(".md")), key=lambda file: file.name)


def yaml_files(folders: Iterable[Traversable]) -> dict[str, Traversable]:
    """Give the YAML files of some folders by slug, which is their name; of two with one slug, the first folder's."""
    files: dict[str, Traversable] = {}
    for folder in folders:
        if folder.is_dir():
            for file in sorted(folder.iterdir(), key=lambda file: file.name):
                if file.name.endswith(SUFFIX):
                    files.setdefault(file.name.removesuffix(SUFFIX), file)
    return files


def html_faults(source: YamlSource) -> list[Fault]:
    """Name the HTML in any text of a YAML file; none of its values carries HTML, Markdown or not."""
    faults = []
    for path, value in walk(source.value):
        if isinstance(value, str):
            times: Counter[str] = Counter()
            for snippet, reason in unsafe(value):
                faults.append(Fault(source.file, source.line_of(path, snippet, times[snippet]), reason))
                times[snippet] += 1
    return faults


def text_faults(text: str, file: str, first_line: int = 1) -> list[Fault]:
    """Name the HTML in the text of a Markdown file, which starts at `first_line`."""
    faults = []
    positions: dict[str, int] = {}
    for snippet, reason in unsafe(text):
        position = text.find(snippet, positions.get(snippet, 0)) if snippet else -1
        faults.append(Fault(file, first_line + text.count("\n", 0, max(position, 0)), reason))
        positions[snippet] = position + len(snippet)
    return faults


def slug_faults(source: YamlSource, name: str) -> list[Fault]:
    """Say so when a slug is not the name of the folder or file that it stands in."""
    slug = source.value.get("slug") if isinstance(source.value, dict) else None
    if isinstance(slug, str) and slug != name:
        reason = f"slug {slug!r} gevonden, verwacht wordt {name!r}: de slug is de naam van de map of het bestand"
        return [source.fault(("slug",), reason)]
    return []


def _markdown_faults(file: Traversable, folder: Traversable) -> list[Fault]:
    try:
        text = read_markdown(file)
    except ContentError as error:
        return list(error.faults)
    if not text.strip():
        return [Fault(str(file), 1, "leeg bestand; verwacht wordt een tekst")]
    without, figures = marked(text)
    return [
        *text_faults(without, str(file)),
        *(fault for each in figures for fault in _figure_faults(each, file, folder)),
    ]


def _figure_faults(figure: Named, file: Traversable, folder: Traversable) -> Iterator[Fault]:
    if len(figure.says.split()) < ALT_WORDS:
        reason = f"figuur {figure.file!r} zegt in woorden te weinig; schrijf tussen [ ] in een zin wat ze toont"
        yield Fault(str(file), figure.line, reason)
    drawing = folder / figure.file
    if "/" in figure.file or not drawing.is_file():
        yield Fault(str(file), figure.line, f"figuur {figure.file!r} niet gevonden naast deze tekst")
        return
    try:
        yield from (Fault(str(drawing), 1, reason) for reason in faults_in(read_markdown(drawing)))
    except ContentError as error:
        yield from error.faults
