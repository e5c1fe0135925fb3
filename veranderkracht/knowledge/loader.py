"""Knowledge articles and the thesaurus from files, read whole or refused with all their faults."""

from importlib.resources.abc import Traversable

from veranderkracht.errors import ContentError, Fault
from veranderkracht.knowledge.model import Article, FrontMatter, Thesaurus
from veranderkracht.modules.faults import validate
from veranderkracht.modules.loader import html_faults, read_markdown, read_yaml, slug_faults, text_faults
from veranderkracht.modules.yaml_source import parse

FENCE = "---"
SUFFIX = ".md"
THESAURUS_FILE = "thesaurus.yaml"


def load_article(file: Traversable) -> Article:
    """Read an article: YAML front matter between two lines of `---`, and Markdown after it.

    Raises:
        ContentError: naming every fault in the file.
    """
    name = str(file)
    lines = read_markdown(file).split("\n")
    if lines[0].rstrip() != FENCE:
        raise ContentError(
            [Fault(name, 1, f"{lines[0][:40]!r} gevonden, verwacht wordt een regel '---' met de gegevens eronder")]
        )
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    if end is None:
        raise ContentError(
            [Fault(name, 1, "de gegevens bovenaan zijn niet afgesloten; verwacht wordt een tweede regel '---'")]
        )
    text = "\n".join(lines[end + 1 :])
    faults = text_faults(text, name, first_line=end + 2)
    if not text.strip():
        faults.append(Fault(name, end + 1, "geen tekst onder de gegevens; verwacht wordt een artikel in Markdown"))
    try:
        # An empty line in place of the fence keeps the numbers of the lines right.
        source = parse("\n".join(["", *lines[1:end]]).encode(), name)
    except ContentError as error:
        raise ContentError([*faults, *error.faults]) from error
    matter, refused = validate(FrontMatter, source, ())
    faults += [*refused, *html_faults(source), *slug_faults(source, file.name.removesuffix(SUFFIX))]
    if matter is None or faults:
        raise ContentError(faults)
    return Article(**dict(matter), text=text)


def load_thesaurus(file: Traversable) -> tuple[tuple[str, ...], ...]:
    """Read the thesaurus: a list of groups of words.

    Raises:
        ContentError: naming every fault in the file.
    """
    source = read_yaml(file)
    thesaurus, faults = validate(Thesaurus, source, ())
    faults += html_faults(source)
    if thesaurus is None or faults:
        raise ContentError(faults)
    return thesaurus.root
