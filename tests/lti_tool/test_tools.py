"""What a worksheet and a scan keep after a launch: drafts, versions, and every round with what it said."""

from tests.lti_tool.world import ELS, HANNE, LTI, YUSUF, Browser, Person, World
from veranderkracht.modules.library import Library
from veranderkracht.toolkit.model import ScanTool

PLAN = {"plan": {"plan": "Wie kookt er mee op zondag?"}}


def at_the_scan(world: World, person: Person) -> Browser:
    custom = {"module": "organisatie-lezen", "step": "vier-themas"}
    return world.at(world.west, person, "vier-themas", **{f"{LTI}custom": custom})


def test_an_unfinished_worksheet_is_there_at_the_next_launch_and_says_what_is_open(world: World) -> None:
    sheet = world.at(world.west, HANNE, "participatiematrix")
    sheet.ok("save", {"version": 0, "body": {"parts": PLAN}})
    problem = sheet.call("submit", {"version": 1, "body": {"parts": PLAN}}).json
    assert problem["code"] == "unanswered" and "stap.eerst" in problem["items"]
    assert world.at(world.west, HANNE, "participatiematrix").ok("state")["work"]["body"]["parts"] == PLAN
    assert world.at(world.west, YUSUF, "participatiematrix").ok("state")["work"]["body"] == {}


def test_every_round_of_a_scan_stays_with_its_means(world: World) -> None:
    tool = Library.installed().tool("vier-themas")
    assert isinstance(tool, ScanTool)
    scan = at_the_scan(world, HANNE)
    for version, (layer, rating) in enumerate((("leiding", 5), ("begeleiders", 1))):
        ratings = {item.id: 6 - rating if item.reverse else rating for item in tool.items()}
        scan.ok("submit", {"version": version, "body": {"layer": layer, "ratings": ratings}})
    rounds = at_the_scan(world, HANNE).ok("state")["rounds"]
    assert [(each["layer"], {theme["mean"] for theme in each["themes"]}) for each in rounds] == [
        ("leiding", {"5"}),
        ("begeleiders", {"1"}),
    ]
    assert at_the_scan(world, YUSUF).ok("state")["rounds"] == []


def test_what_somebody_rated_never_reaches_a_teacher(world: World) -> None:
    scan = at_the_scan(world, HANNE)
    tool = Library.installed().tool("vier-themas")
    assert isinstance(tool, ScanTool)
    ratings = {item.id: 2 for item in tool.items()}
    submission = scan.ok("submit", {"version": 0, "body": {"layer": "leiding", "ratings": ratings}})["submission"]["id"]
    for operation in ("queue", "work"):
        assert at_the_scan(world, ELS).call(operation, {"submission": submission}).json["code"] == "teacher-only"
    # Nor from the desk of a step that is graded.
    assert world.at(world.west, ELS).call("work", {"submission": submission}).json["code"] == "submission-unknown"
