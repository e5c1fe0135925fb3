"""Django's settings for the whole test run: one process holds the blocks, edx-submissions and the demo LMS's classes.

Which database the tests work on is tests/xblocks/databases.py's to say; none is opened from here.
"""

try:
    import pymysql
except ImportError:
    pass
else:
    pymysql.install_as_MySQLdb()

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
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
STATIC_URL = "/static/"

# What lti-consumer-xblock, the platform of the demo LMS, asks of its settings.
PLATFORM_NAME = "Demo-leeromgeving"
LMS_ROOT_URL = "http://127.0.0.1:9990"
