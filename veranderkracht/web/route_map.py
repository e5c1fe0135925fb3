"""The map of the route: phases with their modules, how far a learner is in each, and what fits now.

Says of progress only what a host told. The words are the template's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from veranderkracht.activities.progress import Place, Progress, playable, scan_places, walked
from veranderkracht.languages import decimal
from veranderkracht.modules.library import Library
from veranderkracht.modules.markdown import render
from veranderkracht.modules.model import Module
from veranderkracht.modules.route import Fits, Planned, Route
from veranderkracht.rubrics.model import plain
from veranderkracht.toolkit import scans
from veranderkracht.toolkit.model import ScanTool
from veranderkracht.web.assemble import PLAIN
from veranderkracht.web.view import Face

# `untold`: nothing is known of this learner; `idle`: no step is done, and whether one was begun is not known.
Stand = Literal["untold", "idle", "new", "begun", "underway", "finished"]


@dataclass(frozen=True)
class StopView:
    """A module on the map; one that is not written yet has no steps."""

    slug: str
    title: str
    goals: tuple[str, ...]
    minutes: int = 0
    steps: int = 0
    done: int = 0
    stand: Stand = "untold"


@dataclass(frozen=True)
class StageView:
    """A stage of a phase."""

    title: str
    stops: tuple[StopView, ...]


@dataclass(frozen=True)
class PhaseView:
    """A phase; `number` counts from 1, and is 0 for the introduction."""

    title: str
    summary: str
    number: int
    stages: tuple[StageView, ...]


@dataclass(frozen=True)
class LowThemeView:
    """A theme that came out lowest in the last round of the scan, with the modules that serve it; `mean` as shown."""

    title: str
    mean: str
    why: str
    stops: tuple[StopView, ...]


@dataclass(frozen=True)
class ScanPlaceView:
    """Where the scan can be filled in."""

    title: str
    minutes: int
    module: str


@dataclass(frozen=True)
class FitView:
    """What fits now.

    Args:
        scanned: a round of the scan is known.
        points: the highest point of the scan.
        themes: the lowest in that round; empty when none stands out.
        scan: where to fill it in, while no round is known.
        following: the first module on the route that is not known to be finished; None at its end.
        started: something on the route is done already.
    """

    scanned: bool
    points: int
    themes: tuple[LowThemeView, ...]
    scan: ScanPlaceView | None
    following: StopView | None
    started: bool

    @property
    def served(self) -> bool:
        """Whether everything that serves the lowest themes is finished already."""
        return all(stop.stand == "finished" for theme in self.themes for stop in theme.stops)


@dataclass(frozen=True)
class RouteView:
    """The whole map.

    Args:
        finished: how many modules are; None when nothing is known of this learner.
        total: how many modules are written.
    """

    title: str
    introduction_html: Markup
    phases: tuple[PhaseView, ...]
    fit: FitView
    finished: int | None
    total: int
    face: Face = PLAIN


def route_view(library: Library, progress: Progress | None, *, title: str = "", face: Face = PLAIN) -> RouteView:
    """Give the map as one learner sees it.

    Args:
        library: where the route and its modules lie.
        progress: what the host knows of the learner in this course; None for who is no learner there.
        title: in place of the route's own.
        face: how it sits in the host's page.

    Raises:
        NotFound: there is no route, or the toolkit lacks its scan.
        ContentError: the route, a module or the scan has faults.
    """
    route = library.route()
    written = {module.slug: module for module in walked(library)}
    stops = {planned.slug: _stop(planned, written.get(planned.slug), progress) for planned in route.modules}
    to_walk = [stops[slug] for slug in route.slugs if slug in written]
    return RouteView(
        title=title or route.title,
        introduction_html=render(route.introduction, face.heading + 1),
        phases=_phases(route, stops),
        fit=_fit(library, route, stops, to_walk, progress),
        finished=None if progress is None else sum(stop.stand == "finished" for stop in to_walk),
        total=len(to_walk),
        face=face,
    )


def _stop(planned: Planned, module: Module | None, progress: Progress | None) -> StopView:
    if module is None:
        return StopView(planned.slug, planned.title, planned.goals)
    places = {(module.slug, step.id) for step in playable(module)}
    done = len(places & progress.done) if progress else 0
    return StopView(
        slug=module.slug,
        title=module.title,
        goals=module.goals,
        minutes=module.minutes,
        steps=len(places),
        done=done,
        stand=_stand(places, done, progress),
    )


def _stand(places: set[Place], done: int, progress: Progress | None) -> Stand:
    if progress is None or not places:
        return "untold"
    if done:
        return "finished" if done == len(places) else "underway"
    if progress.begun is None:
        return "idle"
    return "begun" if places & progress.begun else "new"


def _phases(route: Route, stops: Mapping[str, StopView]) -> tuple[PhaseView, ...]:
    numbered = [phase.id for phase in route.phases if phase.id != "introductie"]
    return tuple(
        PhaseView(
            title=phase.title,
            summary=phase.summary,
            number=numbered.index(phase.id) + 1 if phase.id in numbered else 0,
            stages=tuple(
                StageView(stage.title, tuple(stops[slug] for slug in stage.modules)) for stage in phase.stages
            ),
        )
        for phase in route.phases
    )


def _fit(
    library: Library, route: Route, stops: Mapping[str, StopView], to_walk: list[StopView], progress: Progress | None
) -> FitView:
    tool = library.tool(route.fits.scan) if route.fits else None
    scanned = progress is not None and progress.round is not None
    themes: tuple[LowThemeView, ...] = ()
    if route.fits and isinstance(tool, ScanTool) and progress and progress.round is not None:
        themes = _lowest(route.fits, tool, progress, stops)
    return FitView(
        scanned=scanned,
        points=tool.scale.points if isinstance(tool, ScanTool) else 0,
        themes=themes,
        scan=None if scanned else _scan_place(library),
        following=next((stop for stop in to_walk if stop.stand != "finished"), None),
        started=any(stop.done for stop in to_walk),
    )


def _lowest(fits: Fits, tool: ScanTool, progress: Progress, stops: Mapping[str, StopView]) -> tuple[LowThemeView, ...]:
    means = {each.theme: each.mean for each in scans.results(tool, progress.round or {}) if each.mean is not None}
    low = [theme for theme in tool.themes if theme.id in means and means[theme.id] == min(means.values())]
    if len(low) == len(means):
        return ()  # all the same, or nothing was rated: then no theme stands out
    return tuple(
        LowThemeView(
            title=theme.title,
            mean=decimal(plain(means[theme.id])),
            why=fits.why.get(theme.id, ""),
            stops=tuple(stops[slug] for slug in theme.modules if slug in stops),
        )
        for theme in low
    )


def _scan_place(library: Library) -> ScanPlaceView | None:
    for slug, step_id in scan_places(library):
        module = library.module(slug)
        step = next(step for step in module.steps if step.id == step_id)
        return ScanPlaceView(step.title, step.minutes, module.title)
    return None
