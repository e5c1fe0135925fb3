"""The library: every module, rubric, tool and article that is installed here, or that stands in given folders.

Reads a file once and keeps it; safe to use from several threads. What the files must hold is for the loaders.
"""

import threading
from collections.abc import Callable, Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from veranderkracht.errors import NotFound
from veranderkracht.knowledge.loader import SUFFIX, THESAURUS_FILE, load_article, load_thesaurus
from veranderkracht.knowledge.model import Article
from veranderkracht.modules.loader import MODULE_FILE, load_module, markdown_files, read_markdown, yaml_files
from veranderkracht.modules.model import Module, Phase
from veranderkracht.modules.route import ROUTE_FILE, Route, load_route
from veranderkracht.rubrics.loader import load_rubric
from veranderkracht.rubrics.model import Rubric
from veranderkracht.toolkit.loader import load_tool, tool_kinds
from veranderkracht.toolkit.model import Tool

CONTENT_PACKAGE = "veranderkracht_content"
RUBRICS_PACKAGE = "veranderkracht_rubrics"

Loaded = TypeVar("Loaded")

_installed_lock = threading.Lock()
_installed: "Library | None" = None


class Library:
    """Modules, rubrics, tools and articles by slug.

    Args:
        content: folders with `modules/`, `toolkit/` and `kennis/` in them; of two with one slug, the first counts.
        rubrics: folders with rubrics.
    """

    def __init__(self, content: Iterable[Traversable], rubrics: Iterable[Traversable]) -> None:
        self._content = tuple(content)
        self._rubrics = tuple(rubrics)
        self._kept: dict[tuple[str, ...], Any] = {}
        self._lock = threading.RLock()

    @staticmethod
    def installed() -> "Library":
        """Give the one library of what came with the package."""
        global _installed
        with _installed_lock:
            if _installed is None:
                _installed = Library([files(CONTENT_PACKAGE)], [files(RUBRICS_PACKAGE)])
            return _installed

    @staticmethod
    def at(*roots: Path) -> "Library":
        """Give the library of one or more folders that hold `content/` and `rubrics/`, as a checkout does."""
        return Library([root / "content" for root in roots], [root / "rubrics" for root in roots])

    def modules(self) -> tuple[Module, ...]:
        """Give every module, in the order of the route's phases and then by slug.

        Raises:
            ContentError: one of them has faults.
        """
        phases = get_args(Phase)
        modules = [self.module(slug) for slug in self.module_folders()]
        return tuple(sorted(modules, key=lambda module: (phases.index(module.phase), module.slug)))

    def module(self, slug: str) -> Module:
        """Give the module with this slug.

        Raises:
            NotFound: there is none.
            ContentError: it has faults.
        """
        # The folder is looked for only once, for listing folders takes longer than all else that opening a page asks.
        return self._keep(
            ("module", slug),
            lambda: load_module(self._folder(slug), yaml_files(self._rubrics), tool_kinds(self.tool_files())),
        )

    def text(self, slug: str, file: str) -> str:
        """Give the Markdown of one of a module's files, as the `file` of a step names it.

        Raises:
            NotFound: there is no such module or file.
        """
        folder = self._folder(slug)
        if file not in [each.name for each in markdown_files(folder)]:
            raise NotFound(f"Module {slug!r} heeft geen tekst {file!r}.", code="text-unknown")
        return self._keep(("text", slug, file), lambda: read_markdown(folder / file))

    def drawing(self, slug: str, file: str) -> str:
        """Give the SVG of a figure that one of a module's texts names; `load_module` has seen that it is there.

        Raises:
            NotFound: there is no such module.
            ContentError: the file is not readable.
        """
        return self._keep(("drawing", slug, file), lambda: read_markdown(self._folder(slug) / file))

    def rubrics(self) -> tuple[Rubric, ...]:
        """Give every rubric, by slug.

        Raises:
            ContentError: one of them has faults.
        """
        return tuple(self.rubric(slug) for slug in sorted(yaml_files(self._rubrics)))

    def rubric(self, slug: str) -> Rubric:
        """Give the rubric with this slug.

        Raises:
            NotFound: there is none.
            ContentError: it has faults.
        """
        known = yaml_files(self._rubrics)
        if slug not in known:
            raise NotFound(f"Rubriek {slug!r} bestaat hier niet. {_choices(known)}", code="rubric-unknown")
        return self._keep(("rubric", slug), lambda: load_rubric(known[slug]))

    def route(self) -> Route:
        """Give the route through the modules, of the first folder that has one.

        Raises:
            NotFound: there is none.
            ContentError: it has faults.
        """
        file = next((file for folder in self._content if (file := folder / ROUTE_FILE).is_file()), None)
        if file is None:
            raise NotFound("Hier is nog geen route beschreven.", code="route-unknown")
        return self._keep(("route",), lambda: load_route(file))

    def tools(self) -> tuple[Tool, ...]:
        """Give every worksheet and scan of the toolkit, by slug.

        Raises:
            ContentError: one of them has faults.
        """
        return tuple(self.tool(slug) for slug in sorted(self.tool_files()))

    def tool(self, slug: str) -> Tool:
        """Give the worksheet or scan with this slug.

        Raises:
            NotFound: there is none.
            ContentError: it has faults.
        """
        known = self.tool_files()
        if slug not in known:
            raise NotFound(f"In de toolkit staat geen {slug!r}. {_choices(known)}", code="tool-unknown")
        return self._keep(("tool", slug), lambda: load_tool(known[slug]))

    def articles(self) -> tuple[Article, ...]:
        """Give every article of the knowledge base, by slug.

        Raises:
            ContentError: one of them has faults.
        """
        return tuple(self._article(slug, file) for slug, file in sorted(self.article_files().items()))

    def thesaurus(self) -> tuple[tuple[str, ...], ...]:
        """Give the groups of words that mean the same, of all folders together.

        Raises:
            ContentError: one of the files has faults.
        """
        found = [folder / "kennis" / THESAURUS_FILE for folder in self._content]
        return self._keep(
            ("thesaurus",), lambda: tuple(group for file in found if file.is_file() for group in load_thesaurus(file))
        )

    def module_folders(self) -> dict[str, Traversable]:
        """Give the folder of every module by its slug, whether or not it can be read."""
        folders: dict[str, Traversable] = {}
        for folder in _children(self._content, "modules"):
            if (folder / MODULE_FILE).is_file():
                folders.setdefault(folder.name, folder)
        return folders

    def tool_files(self) -> dict[str, Traversable]:
        """Give the file of every worksheet and scan by its slug, whether or not it can be read."""
        return yaml_files(folder / "toolkit" for folder in self._content)

    def article_files(self) -> dict[str, Traversable]:
        """Give the file of every article by its slug, whether or not it can be read."""
        found: dict[str, Traversable] = {}
        for file in _children(self._content, "kennis"):
            if file.name.endswith(SUFFIX):
                found.setdefault(file.name.removesuffix(SUFFIX), file)
        return found

    def _article(self, slug: str, file: Traversable) -> Article:
        return self._keep(("article", slug), lambda: load_article(file))

    def _folder(self, slug: str) -> Traversable:
        folders = self.module_folders()
        if slug not in folders:
            raise NotFound(f"Module {slug!r} bestaat hier niet. {_choices(folders)}", code="module-unknown")
        return folders[slug]

    def _keep(self, key: tuple[str, ...], load: Callable[[], Loaded]) -> Loaded:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = load()
            return cast(Loaded, self._kept[key])


def _children(roots: Iterable[Traversable], name: str) -> list[Traversable]:
    """Give what stands in the folder `name` of each root, root by root."""
    folders = [root / name for root in roots]
    return [
        each for folder in folders if folder.is_dir() for each in sorted(folder.iterdir(), key=lambda one: one.name)
    ]


def _choices(known: Iterable[str]) -> str:
    listed = ", ".join(sorted(known))
    return f"Wel: {listed}." if listed else "Er staat hier nog niets."
