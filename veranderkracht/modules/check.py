"""Checking content before anybody learns from it: which files a path means, and every fault in them.

The loaders judge one module, rubric or article; this goes over many, and finds the rubrics that modules may name.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from veranderkracht.errors import BadInput, ContentError, Fault
from veranderkracht.knowledge.loader import THESAURUS_FILE, load_article, load_thesaurus
from veranderkracht.modules.library import CONTENT_PACKAGE, RUBRICS_PACKAGE
from veranderkracht.modules.loader import MODULE_FILE, load_module, markdown_files, yaml_files
from veranderkracht.modules.route import ROUTE_FILE, Route, load_route, strayed, unfit
from veranderkracht.modules.strict import strict_faults
from veranderkracht.rubrics.loader import load_rubric
from veranderkracht.rubrics.samples import SAMPLES_FOLDER, load_samples, samples_files
from veranderkracht.toolkit.loader import load_tool, tool_kinds

# From a module's folder: the folder of modules, content/, and the folder that holds content/ and rubrics/.
LEVELS_UP_TO_RUBRICS = 3

Place = TypeVar("Place")


@dataclass(frozen=True)
class Scope:
    """What is to be checked: folders of modules, and files of rubrics, tools, articles and thesauri.

    Args:
        samples: files of sample works, each after the file of its rubric.
    """

    modules: Sequence[Traversable] = ()
    rubrics: Sequence[Traversable] = ()
    tools: Sequence[Traversable] = ()
    articles: Sequence[Traversable] = ()
    thesauri: Sequence[Traversable] = ()
    samples: Sequence[tuple[Traversable, Traversable]] = ()

    def with_more(self, more: "Scope") -> "Scope":
        """Give this scope and another as one."""
        return Scope(
            [*self.modules, *more.modules],
            [*self.rubrics, *more.rubrics],
            [*self.tools, *more.tools],
            [*self.articles, *more.articles],
            [*self.thesauri, *more.thesauri],
            [*self.samples, *more.samples],
        )

    def __bool__(self) -> bool:
        return bool(self.modules or self.rubrics or self.tools or self.articles or self.thesauri or self.samples)


@dataclass(frozen=True)
class Report:
    """What a check found.

    Args:
        scope: what was checked.
        rubrics_from: the folder of the rubrics that modules may name.
        faults: everything that is wrong, by file and line.
    """

    scope: Scope
    rubrics_from: Traversable
    faults: tuple[Fault, ...]


def check(path: Path | None = None, *, strict: bool = False) -> Report:
    """Check what is at `path`, or what is installed.

    Args:
        path: a folder with `content/` or `rubrics/` in it; a content, modules, toolkit, rubrics or knowledge folder;
            one module's folder; one file; None for what is installed. Modules may name the rubrics and tools that stand
            next to them, or else those that are installed.
        strict: name too what sound modules and articles lack before they may be called whole.

    Raises:
        BadInput: nothing there can be checked.
    """
    if path is None:
        content, rubrics_from = files(CONTENT_PACKAGE), files(RUBRICS_PACKAGE)
        scope = _in_content(content).with_more(_in_rubrics(rubrics_from))
    else:
        scope, content, rubrics_from = _scope(path), _content_near(path), _rubrics_near(path)
    if not scope:
        raise BadInput(
            f"Onder {path or 'wat geïnstalleerd is'} vond ik geen modules, rubrieken of artikels. Geef een map "
            "met content/ of rubrics/ erin, een map met modules of rubrieken, of de map van één module "
            f"(met {MODULE_FILE})."
        )
    rubrics = yaml_files([rubrics_from])
    tools = tool_kinds(yaml_files([content / "toolkit"]))
    route, route_faults = _route(content)
    modules = route.slugs if route else [folder.name for folder in _folders(content / "modules")]

    def load(folder: Traversable) -> None:
        module = load_module(folder, rubrics, tools)
        if route and (apart := strayed(route, module, str(folder / MODULE_FILE))):
            raise ContentError(apart)

    faults = [
        *route_faults,
        *_faults(load, scope.modules),
        *_faults(load_rubric, scope.rubrics),
        *_faults(lambda pair: load_samples(pair[1], load_rubric(pair[0])), scope.samples),
        *_faults(lambda file: load_tool(file, modules), scope.tools),
        *_faults(load_article, scope.articles),
        *_faults(load_thesaurus, scope.thesauri),
    ]
    if strict:
        faults += strict_faults(scope.modules, scope.articles, content)
    return Report(scope, rubrics_from, tuple(sorted(set(faults))))


def _route(content: Traversable) -> tuple[Route | None, tuple[Fault, ...]]:
    """Give the route that modules keep to, where there is one, and what is wrong with it."""
    file = content / ROUTE_FILE
    try:
        route = load_route(file) if file.is_file() else None
    except ContentError as error:
        return None, error.faults
    return route, tuple(_unfit(route, file, content)) if route and route.fits else ()


def _unfit(route: Route, file: Traversable, content: Traversable) -> list[Fault]:
    scan = yaml_files([content / "toolkit"]).get(route.fits.scan) if route.fits else None
    try:
        return unfit(route, file, load_tool(scan) if scan else None)
    except ContentError:
        return []  # the scan's own faults are told where it is checked


def _faults(load: Callable[[Place], object], places: Iterable[Place]) -> list[Fault]:
    faults: list[Fault] = []
    for place in places:
        try:
            load(place)
        except ContentError as error:
            faults += error.faults
    return faults


def _scope(path: Path) -> Scope:
    if path.is_file():
        return _one_file(path)
    if (path / MODULE_FILE).is_file():
        return Scope(modules=[_named(path)])
    if path.resolve().name == "modules":
        return Scope(modules=_folders(path))
    scope = _in_content(path / "content")
    for more in (_in_content(path), _in_rubrics(path / "rubrics"), Scope(modules=_folders_with_module(path))):
        scope = scope.with_more(more)
    if scope:
        return scope
    if path.resolve().name == "kennis" or (path / THESAURUS_FILE).is_file() or markdown_files(path):
        return _in_kennis(path)
    if path.resolve().name == SAMPLES_FOLDER:
        return Scope(samples=_samples(path.resolve().parent))
    return Scope(tools=_yaml(path)) if path.resolve().name == "toolkit" else _in_rubrics(path)


def _one_file(path: Path) -> Scope:
    if path.name == MODULE_FILE or (path.parent / MODULE_FILE).is_file():
        return Scope(modules=[_named(path.parent)])
    if path.name == THESAURUS_FILE:
        return Scope(thesauri=[path])
    if path.suffix == ".md":
        return Scope(articles=[path])
    if path.suffix != ".yaml":
        return Scope()
    folder = path.resolve().parent
    if folder.name == SAMPLES_FOLDER:
        return Scope(samples=[(folder.parent / path.name, path)])
    return Scope(tools=[path]) if folder.name == "toolkit" else Scope(rubrics=[path])


def _named(folder: Path) -> Path:
    """Give a folder under its own name, which is its slug; `.` and `..` have none."""
    return folder if folder.name not in ("", "..") else folder.resolve()


def _in_content(content: Traversable) -> Scope:
    own = Scope(modules=_folders(content / "modules"), tools=_yaml(content / "toolkit"))
    return _in_kennis(content / "kennis").with_more(own)


def _in_rubrics(folder: Traversable) -> Scope:
    return Scope(rubrics=_yaml(folder), samples=_samples(folder))


def _samples(rubrics: Traversable) -> list[tuple[Traversable, Traversable]]:
    return [(rubrics / file.name, file) for file in samples_files(rubrics).values()]


def _in_kennis(folder: Traversable) -> Scope:
    thesaurus = folder / THESAURUS_FILE
    return Scope(articles=markdown_files(folder), thesauri=[thesaurus] if thesaurus.is_file() else [])


def _folders(folder: Traversable) -> list[Traversable]:
    if not folder.is_dir():
        return []
    children = [child for child in folder.iterdir() if child.is_dir() and not child.name.startswith((".", "_"))]
    return sorted(children, key=lambda child: child.name)


def _folders_with_module(folder: Path) -> list[Traversable]:
    return [child for child in _folders(folder) if (child / MODULE_FILE).is_file()]


def _yaml(folder: Traversable) -> list[Traversable]:
    return list(yaml_files([folder]).values())


def _rubrics_near(path: Path) -> Traversable:
    found = (folder / "rubrics" for folder in _upwards(path) if yaml_files([folder / "rubrics"]))
    return next(found, files(RUBRICS_PACKAGE))


def _content_near(path: Path) -> Traversable:
    """Give the folder with modules/ and toolkit/ that a path belongs to."""
    inside = (each for folder in _upwards(path) for each in (folder, folder / "content"))
    return next((each for each in inside if (each / "modules").is_dir()), files(CONTENT_PACKAGE))


def _upwards(path: Path) -> list[Path]:
    start = path.resolve().parent if path.is_file() else path.resolve()
    return [start, *start.parents][: LEVELS_UP_TO_RUBRICS + 1]
