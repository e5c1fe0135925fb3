"""The route through the modules: phases with stages, as content/route.yaml tells, and how modules keep to it.

A module on the route need not be written yet; one that is must have the route's title, phase and goals. The scan that
tells what fits now is the toolkit's: its themes name the modules, the route says why.
"""

from importlib.resources.abc import Traversable

from pydantic import Field, model_validator

from veranderkracht.errors import ContentError, Fault
from veranderkracht.modules.faults import validate
from veranderkracht.modules.loader import html_faults, read_yaml
from veranderkracht.modules.model import Markdown, Module, Part, Phase, Slug, Text, reference_error, unique
from veranderkracht.toolkit.model import ScanTool, Tool

ROUTE_FILE = "route.yaml"


class Stage(Part):
    """A part of a phase, with its modules in order."""

    id: Slug
    title: Text
    modules: tuple[Slug, ...] = Field(min_length=1)


class RoutePhase(Part):
    """A phase of the route, or its introduction."""

    id: Phase
    title: Text
    summary: Text
    stages: tuple[Stage, ...] = Field(min_length=1)


class Planned(Part):
    """What a module is for, whether or not it is written."""

    slug: Slug
    title: Text
    goals: tuple[Text, ...] = Field(min_length=1)


class Fits(Part):
    """What fits after a scan: `why` says, by theme, what the theme's modules bring when it comes out lowest."""

    scan: Slug
    why: dict[Slug, Text] = Field(min_length=1)


class Route(Part):
    """The whole route."""

    title: Text
    introduction: Markdown
    fits: Fits | None = None
    phases: tuple[RoutePhase, ...] = Field(min_length=1)
    modules: tuple[Planned, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole(self) -> "Route":
        unique("fase", [phase.id for phase in self.phases])
        unique("etappe", [stage.id for phase in self.phases for stage in phase.stages])
        unique("module", [module.slug for module in self.modules])
        placed = [slug for phase in self.phases for stage in phase.stages for slug in stage.modules]
        unique("module in een etappe", placed)
        if apart := sorted(set(placed) ^ {module.slug for module in self.modules}):
            raise reference_error(f"staat niet zowel in een etappe als onder modules: {', '.join(apart)}")
        return self

    @property
    def slugs(self) -> tuple[str, ...]:
        """Give every module's slug, in the order in which they are walked."""
        return tuple(slug for phase in self.phases for stage in phase.stages for slug in stage.modules)

    def phase_of(self, slug: str) -> Phase | None:
        """Give the phase that a module belongs to, or None when it is not on the route."""
        return next((phase.id for phase in self.phases for stage in phase.stages if slug in stage.modules), None)


def load_route(file: Traversable) -> Route:
    """Read the route.

    Raises:
        ContentError: naming every fault in the file.
    """
    source = read_yaml(file)
    route, faults = validate(Route, source, ())
    faults += html_faults(source)
    if route is None or faults:
        raise ContentError(faults)
    return route


def unfit(route: Route, file: Traversable, tool: Tool | None) -> list[Fault]:
    """Name where the route's `fits` and its scan do not go together.

    Args:
        route: as `file` has it.
        file: the route's.
        tool: what `fits` names, or None when the toolkit has no such thing.
    """
    if route.fits is None:
        return []
    source = read_yaml(file)
    if not isinstance(tool, ScanTool):
        return [source.fault(("fits", "scan"), f"{route.fits.scan!r} is geen scan in de toolkit")]
    themes = {theme.id: theme for theme in tool.themes}
    known = ", ".join(themes)
    faults = [
        source.fault(("fits", "why", each), f"scan {tool.slug!r} heeft geen thema {each!r}; wel: {known}")
        for each in route.fits.why
        if each not in themes
    ]
    faults += [
        source.fault(("fits", "why"), f"thema {each!r} van de scan ontbreekt")
        for each in themes
        if each not in route.fits.why
    ]
    faults += [
        source.fault(("fits", "scan"), f"thema {each.id!r} van de scan noemt geen modules")
        for each in tool.themes
        if not each.modules
    ]
    return faults


def strayed(route: Route, module: Module, file: str) -> list[Fault]:
    """Name where a module and the route tell different things; a module off the route may be anything.

    Args:
        route: the route.
        module: a module that stands beside it.
        file: the module's file, for the faults.
    """
    planned = next((each for each in route.modules if each.slug == module.slug), None)
    if planned is None:
        return []
    told = {
        "title": (module.title, planned.title),
        "phase": (module.phase, route.phase_of(module.slug)),
        "goals": (module.goals, planned.goals),
    }
    return [
        Fault(file, 1, f"{name} is anders dan in {ROUTE_FILE}; maak ze gelijk")
        for name, (here, there) in told.items()
        if here != there
    ]
