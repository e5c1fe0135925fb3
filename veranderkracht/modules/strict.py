"""What a module must have besides being sound, before we ask anybody's time for it: `veranderkracht check --strict`.

The loader refuses what cannot be shown; this names what is missing from a whole module of the route, and texts that are
hard to read without a recorded reason. Spelling is for the tests: it takes a dictionary of the machine.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable

from pydantic import RootModel

from veranderkracht.errors import ContentError, Fault
from veranderkracht.knowledge.loader import load_article
from veranderkracht.modules.faults import validate
from veranderkracht.modules.figures import marked, named_in
from veranderkracht.modules.loader import MODULE_FILE, load_module, markdown_files, read_markdown, read_yaml
from veranderkracht.modules.model import Case, Module, Quiz, Reading, Reflection, Scan, Step, Text, Worksheet
from veranderkracht.modules.readability import readability

SHORTEST, LONGEST = 30, 60  # minutes of a module
READING_WORDS = (300, 700)
ARTICLE_WORDS = (200, 500)
REASONS_FILE = "leesbaarheid.yaml"
AROUND = (
    "vooraf",
    "voor-het-teamoverleg",
)  # the opening question, and the meeting off line: readings of their own kind
PEOPLE, DECISIONS = 3, 2
QUESTIONS = (6, 10)
FASTEST = 200  # words a minute that anybody reads; a step that promises faster promises too much
HARDEST_LIX, LOWEST_EASE = 40.0, 60.0


class Reasons(RootModel[dict[str, Text]]):
    """Why a text may be hard to read, by its name: `modules/slug/file.md` or `kennis/slug.md`."""


def strict_faults(modules: Sequence[Traversable], articles: Sequence[Traversable], content: Traversable) -> list[Fault]:
    """Name what sound modules and articles lack; those that are not sound are passed over, for others told of them.

    Args:
        modules: their folders.
        articles: their files.
        content: the folder that may hold the recorded reasons.
    """
    reasons, faults = _reasons(content)
    sound: list[tuple[Module, str]] = []
    for folder in modules:
        try:
            module = load_module(folder)
        except ContentError:
            continue
        file = str(folder / MODULE_FILE)
        sound.append((module, file))
        texts = {each.name: read_markdown(each) for each in markdown_files(folder)}
        faults += module_faults(module, file, texts)
        for name, text in texts.items():
            faults += text_faults(text, str(folder / name), reasons, f"modules/{module.slug}/{name}")
    for article in articles:
        try:
            text = load_article(article).text
        except ContentError:
            continue
        words = readability(text).words
        if not ARTICLE_WORDS[0] <= words <= ARTICLE_WORDS[1]:
            reason = f"het artikel telt {words} woorden; verwacht {ARTICLE_WORDS[0]} tot {ARTICLE_WORDS[1]}"
            faults.append(Fault(str(article), 1, reason))
        faults += text_faults(text, str(article), reasons, f"kennis/{article.name}")
    return [*faults, *title_faults(sound)]


def _reasons(content: Traversable) -> tuple[dict[str, str], list[Fault]]:
    file = content / REASONS_FILE
    if not file.is_file():
        return {}, []
    reasons, faults = validate(Reasons, read_yaml(file), ())
    return (dict(reasons.root) if reasons else {}), faults


def module_faults(module: Module, file: str, texts: Mapping[str, str]) -> list[Fault]:
    """Name what a whole module of the route lacks.

    Args:
        module: a sound module.
        file: its module.yaml, for the faults.
        texts: the Markdown of its steps, by file name.
    """
    return [Fault(file, 1, reason) for reason in (*_shape(module), *_steps(module, texts), *_sources(module))]


def title_faults(modules: Sequence[tuple[Module, str]]) -> list[Fault]:
    """Name the step titles that several modules share: whoever chooses a step cannot tell those apart."""
    where: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for module, file in modules:
        for step in module.steps:
            where[step.title.casefold()].append((module.slug, file))
    return [
        Fault(
            file,
            1,
            f"staptitel {title!r} staat ook in {', '.join(slug for slug, _ in found if slug != own)}; kies een andere",
        )
        for title, found in where.items()
        if len({slug for slug, _ in found}) > 1
        for own, file in found
    ]


def text_faults(text: str, file: str, reasons: Mapping[str, str], name: str) -> list[Fault]:
    """Name a text that is hard to read, unless a reason was recorded; and a reason that is no longer needed.

    Args:
        text: Markdown.
        file: for the faults.
        reasons: why a text may be hard, by its name.
        name: of this text there.
    """
    measured = readability(text)
    hard = measured.lix > HARDEST_LIX or measured.flesch_douma < LOWEST_EASE
    if hard and name not in reasons:
        told = (
            f"LIX {measured.lix:.0f} (hoogstens {HARDEST_LIX:.0f}), "
            f"Flesch-Douma {measured.flesch_douma:.0f} (minstens {LOWEST_EASE:.0f})"
        )
        return [Fault(file, 1, f"moeilijke tekst: {told}; herschrijf, of zet de reden in content/leesbaarheid.yaml")]
    if not hard and name in reasons:
        return [
            Fault(file, 1, "content/leesbaarheid.yaml geeft een reden voor een tekst die niet moeilijk is; haal ze weg")
        ]
    return []


def _shape(module: Module) -> Iterator[str]:
    if not SHORTEST <= module.minutes <= LONGEST:
        yield f"de stappen duren samen {module.minutes} minuten; verwacht {SHORTEST} tot {LONGEST}"
    ids = [step.id for step in module.steps]
    yield from (f"stap {name!r} ontbreekt" for name in (*AROUND, "eigen-praktijk") if name not in ids)
    for kinds, least, what in (
        ((Case,), 1, "casus"),
        ((Quiz,), 1, "toets"),
        ((Reflection,), 1, "reflectie"),
        ((Scan, Worksheet), 1, "scan of werkblad"),
    ):
        if sum(isinstance(step, kinds) for step in module.steps) < least:
            yield f"er is geen {what}"
    if module.supervision is None:
        yield "'supervision' ontbreekt"
    if module.intervision is None:
        yield "'intervision' ontbreekt"


def _steps(module: Module, texts: Mapping[str, str]) -> Iterator[str]:
    readings = [step for step in module.steps if isinstance(step, Reading) and step.id not in AROUND]
    if not 2 <= len(readings) <= 4:
        yield f"{len(readings)} teksten om te lezen; verwacht twee of drie, hoogstens vier"
    if not any(named_in(texts[step.file]) for step in readings):
        yield "geen enkele tekst heeft een figuur"
    for step in readings:
        words = readability(marked(texts[step.file])[0]).words  # without those of its figures
        if not READING_WORDS[0] <= words <= READING_WORDS[1]:
            yield f"tekst {step.file} telt {words} woorden; verwacht {READING_WORDS[0]} tot {READING_WORDS[1]}"
        if not step.sources:
            yield f"stap {step.id!r} noemt geen bron"
    for each in module.steps:
        yield from _one(each, texts)


def _one(step: Step, texts: Mapping[str, str]) -> Iterator[str]:
    if isinstance(step, (Reading, Case)) and (words := readability(texts[step.file]).words) > step.minutes * FASTEST:
        yield f"stap {step.id!r}: {words} woorden in {step.minutes} minuten is te snel; reken op {FASTEST} per minuut"
    if isinstance(step, Case):
        if len(step.people) < PEOPLE:
            yield f"casus {step.id!r} heeft {len(step.people)} mensen met een kijk; verwacht minstens {PEOPLE}"
        if len(step.decisions) < DECISIONS:
            yield f"casus {step.id!r} heeft {len(step.decisions)} beslissingen; verwacht minstens {DECISIONS}"
    if isinstance(step, Quiz):
        yield from _quiz(step)


def _quiz(step: Quiz) -> Iterator[str]:
    if not QUESTIONS[0] <= len(step.questions) <= QUESTIONS[1]:
        yield f"toets {step.id!r} telt {len(step.questions)} vragen; verwacht {QUESTIONS[0]} tot {QUESTIONS[1]}"
    # Whoever never read the text may not do well by choosing the longest answer, or always the second.
    single = [question.options for question in step.questions if not question.multiple]
    longest = sum(max(options, key=lambda option: len(option.text)).correct for options in single)
    if longest * 2 > len(single) > 1:
        yield f"toets {step.id!r}: in {longest} van {len(single)} vragen is het juiste antwoord het langste"
    places = Counter(at for options in single for at, option in enumerate(options) if option.correct)
    often = max(places.values(), default=0)
    if often * 3 > len(single) * 2 > 2:
        yield f"toets {step.id!r}: in {often} van {len(single)} vragen staat het juiste antwoord op dezelfde plaats"


def _sources(module: Module) -> Iterator[str]:
    cited = {name for step in module.steps for name in step.sources}
    yield from (f"bron {source.id!r} wordt nergens aangehaald" for source in module.sources if source.id not in cited)
