"""Django settings of the workbench. What differs per run comes from the environment, set by `__main__.py`."""

import os
from pathlib import Path

from workbench import settings as workbench
from workbench.settings import *  # noqa: F403 - that is how the workbench wants to be adapted

DATA = Path(os.environ["VK_WORKBENCH_DATA"])
URL = os.environ.get("VK_WORKBENCH_URL", "http://127.0.0.1:8003")

# Its file system service wants a package that the workbench does not bring, and no block of ours asks for it.
INSTALLED_APPS = [
    *(app for app in workbench.INSTALLED_APPS if app != "djpyfs"),
    "submissions",
    "xblocks",
]
WORKBENCH = {"reset_state_on_restart": False, "services": {"settings": "workbench.services.SettingsService"}}
MIGRATION_MODULES = {"workbench": None}  # xblock-sdk 0.14.0 ships without migrations
ROOT_URLCONF = "demo.workbench.urls"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "workbench.sqlite3",
        # A handler writes from its first statement on; waiting for the one writer beats failing half-way.
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL"},
    }
}

TEMPLATES = [{**each, "DIRS": [Path(__file__).parent / "templates", *each["DIRS"]]} for each in workbench.TEMPLATES]
LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Brussels"
SECRET_KEY = (DATA / "secret").read_text(encoding="ascii")
# Browsers keep cookies per host, not per port: beside the other parts of the demo this one needs a name of its own for
# its session. The CSRF cookie is called as in an LMS.
SESSION_COOKIE_NAME = "workbench_session"
SILENCED_SYSTEM_CHECKS = ["models.W042"]  # the workbench's and edx-submissions' own tables

STATICFILES_DIRS = [str(Path(__file__).parent / "static")]

VERANDERKRACHT = {
    "TENANT": os.environ.get("VK_TENANT", "demo-hogeschool"),
    "ISSUER": URL,
    "ASSISTANT_URL": os.environ.get("VK_ASSISTANT_URL", ""),
    "HOST_KEY_FILE": str(DATA / "host-key.pem"),
    "TENANT_KEY_FILE": str(DATA / "tenant-key"),
    "WORKBENCH_TEACHERS": ("docent",),
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
