"""What every block's views are made of: HTML with our style sheets, and perhaps a module that comes alive in it."""

import hashlib
from typing import Any

from web_fragments.fragment import Fragment

from veranderkracht.languages import say


class FragmentMixin:
    """Fragments of a block."""

    runtime: Any
    scope_ids: Any

    @property
    def uid(self) -> str:
        """A prefix for element ids, different for each block on a page."""
        return "vk-" + hashlib.sha256(str(self.scope_ids.usage_id).encode()).hexdigest()[:12]

    def _fragment(self, content: str, script: str = "", **values: str) -> Fragment:
        fragment = Fragment(content)
        for sheet in ("public/vk/vk.css", "public/block.css"):
            fragment.add_css_url(self.runtime.local_resource_url(self, sheet))
        if script:
            fragment.add_javascript_url(self.runtime.local_resource_url(self, "public/init.js"))
            url = self.runtime.local_resource_url(self, script)
            # For the script that runs when the block's own module does not come, and with it no catalogue.
            broken = say("Deze stap is niet volledig geladen. Kijk je internet na en laad de pagina opnieuw.")
            fragment.initialize_js("VeranderkrachtBlock", {"url": url, "broken": broken, **values})
        return fragment
