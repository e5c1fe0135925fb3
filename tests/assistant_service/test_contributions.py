"""Nothing is in the knowledge base for nothing: what changes no answer is there for a reason that was written down."""

from pathlib import Path

import yaml

from assistant_service.knowledge.contributions import groups_that_matter, titles_seen
from assistant_service.knowledge.measuring import DEPTH, Question, Search, read_questions
from assistant_service.services import Services
from tests.assistant_service.conftest import Indexing
from tests.cast import WEST
from veranderkracht.modules.library import Library

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "questions"


def searching(services: Services) -> Search:
    return lambda text, module, parts: services.knowledge.search(WEST, text, DEPTH, module, parts=parts)


def excused(kind: str) -> set[str]:
    entries = yaml.safe_load((QUESTIONS / "idle.yaml").read_text(encoding="utf-8"))[kind]
    return {name for entry in entries if len(entry["reason"].split()) >= 10 for name in entry["names"]}


def test_what_changes_no_answer_is_there_for_a_reason(services: Services, index: Indexing) -> None:
    index(WEST, ROOT / "content")
    library, search = Library.at(ROOT), searching(services)
    asked = [one for one in read_questions(QUESTIONS / "route.yaml") if not one.held_out]
    seen = tuple(titles_seen(search, asked))
    idle = {one.slug for one in library.articles() if not any(title.startswith(one.title) for title in seen)}
    assert idle - excused("articles") == set()
    matter = groups_that_matter(search, lambda text: services.knowledge.groups_in(WEST, text), asked)
    unmoved = {group[0] for group in library.thesaurus() if tuple(group) not in matter}
    assert unmoved - excused("groups") == set()
    assert excused("groups") <= {group[0] for group in library.thesaurus()}


def test_a_group_matters_when_without_it_another_text_comes_up(
    services: Services, index: Indexing, tmp_path: Path
) -> None:
    for name, text in (("Zwijgplicht", "Wat je hoort, vertel je niet door."), ("Soep", "Een recept voor soep.")):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\n{text}\n", encoding="utf-8")
    index(WEST, tmp_path)
    asked = [Question(question="Geldt het beroepsgeheim hier?", answers=("Zwijgplicht",))]
    matter = groups_that_matter(searching(services), lambda text: services.knowledge.groups_in(WEST, text), asked)
    assert [group[0] for group in matter] == ["beroepsgeheim"]
    assert titles_seen(searching(services), asked) == {"Zwijgplicht"}
