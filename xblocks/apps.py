"""The Django app inside an LMS or Studio: its name, and that edx-platform finds it as a plugin."""

from typing import Any, ClassVar

from django.apps import AppConfig


class VeranderkrachtConfig(AppConfig):
    """The app; its tables are called `veranderkracht_…`, whatever the package is called."""

    name = "xblocks"
    label = "veranderkracht"
    verbose_name = "Veranderkracht"
    default_auto_field = "django.db.models.BigAutoField"

    # edx-platform installs an app of the entry points `lms.djangoapp` and `cms.djangoapp` when it has this attribute.
    # There is nothing in it: no addresses of our own, and `VERANDERKRACHT` is the operator's to set (configuration.py).
    plugin_app: ClassVar[dict[str, Any]] = {}

    def ready(self) -> None:
        """Stop the start when the settings are wrong.

        Raises:
            ImproperlyConfigured: naming what is wrong.
        """
        from xblocks.configuration import configuration

        configuration()
