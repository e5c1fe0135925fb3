"""The block for the map of the route: read only, with how far whoever looks is in this course."""

from collections.abc import Mapping
from typing import Any

from web_fragments.fragment import Fragment
from xblock.core import XBlock
from xblock.fields import Scope, String

from veranderkracht.errors import VkError
from veranderkracht.modules.library import Library
from veranderkracht.web import Face, render_route, route_view
from xblocks import pages, platform
from xblocks.fragments import FragmentMixin
from xblocks.language import in_their_language
from xblocks.studio import StudioFormMixin, checked_title
from xblocks.walked import progress_of


@XBlock.wants("user")
@XBlock.wants("i18n")
class RouteBlock(StudioFormMixin, FragmentMixin, XBlock):
    """The map of the route."""

    has_author_view = True
    show_in_read_only_mode = True
    icon_class = "other"

    display_name = String(
        display_name="Titel", help="Zoals de kaart in de cursus heet; leeg: zoals de route zelf.", scope=Scope.settings
    )

    @XBlock.supports("multi_device")
    @in_their_language
    def student_view(self, context: Mapping[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """Give the map; to a learner of the course, with how far they are."""
        return self._map(author=False)

    @in_their_language
    def author_view(self, context: Mapping[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """Give what an author sees in Studio: the map without progress, for in Studio nobody is a learner."""
        return self._map(author=True)

    @in_their_language
    def studio_view(self, context: Mapping[str, Any] | None = None) -> Fragment:  # noqa: ARG002
        """Give the form that Studio shows when an author edits the block: there is a title to choose, no more."""
        form = pages.studio_page(
            uid=f"{self.uid}-studio", modules=None, chosen="", title=self.display_name or "", prompt=None, limit=0
        )
        return self._fragment(form, "public/studio.js")

    def _keep(self, payload: Mapping[str, Any]) -> None:
        self.display_name = checked_title(payload) or Library.installed().route().title

    def _map(self, *, author: bool) -> Fragment:
        library, face = Library.installed(), Face(uid=self.uid, heading=2, theme="light")
        try:
            view = route_view(library, progress_of(self, library), title=self.display_name or "", face=face)
        except VkError as fault:
            return self._fragment(pages.problem_page(fault, author=author))
        return self._fragment(pages.route_page(render_route(view), alone=not platform.visitor(self).keeps))

    @classmethod
    def workbench_scenarios(cls) -> list[tuple[str, str]]:
        """Give the map, for the XBlock workbench."""
        return [("De routekaart", "<vk_route/>")]
