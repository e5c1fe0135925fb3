"""Django's settings for the whole test run: one process holds the blocks, edx-submissions and the demo LMS's classes.

Which database the tests work on is tests/xblocks/databases.py's to say; none is opened from here.
"""

import importlib.util

try:
    import pymysql
except ImportError:
    pass
else:
    pymysql.install_as_MySQLdb()

_WORKBENCH = importlib.util.find_spec("workbench") is not None

SECRET_KEY = "the tests keep nothing secret"
DEBUG = False
ALLOWED_HOSTS = ["*"]
USE_TZ = True
TIME_ZONE = "Europe/Brussels"
LANGUAGE_CODE = "nl"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "submissions",
    "xblocks",
    *(["workbench"] if _WORKBENCH else []),
]
# The wheel of the workbench has no migrations, and wants `migrate --run-syncdb`.
MIGRATION_MODULES = {"workbench": None}
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
STATIC_URL = "/static/"
if _WORKBENCH:
    ROOT_URLCONF = "workbench.urls"
    WORKBENCH = {
        "reset_state_on_restart": False,
        "services": {"settings": "workbench.services.SettingsService"},
    }

# What lti-consumer-xblock, the platform of the demo LMS, asks of its settings.
PLATFORM_NAME = "Demo-leeromgeving"
LMS_ROOT_URL = "http://127.0.0.1:9990"
