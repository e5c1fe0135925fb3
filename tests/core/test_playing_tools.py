"""What a learner may count on with a worksheet and with a scan, and what a teacher sees of them."""

from tests.core.assignments import assignment
from tests.core.memory_store import MemoryStore
from tests.core.test_playing import desk, player, refusal
from tests.core.tools import SCAN

FILLED = {"parts": {"thema": {"titel": "Onthaal"}, "mensen": [{"wie": "Familie"}]}}
RATED = {"layer": "team", "ratings": {"proberen": 4, "straf": 2, "tijd": 3, "doel": 5, "keuze": None}}


def test_an_unfinished_worksheet_is_saved_and_says_what_is_open_when_it_is_handed_in() -> None:
    store = MemoryStore()
    sheet = player(store, "werkblad")
    assert sheet.save(0, {"parts": {"thema": {"waarom": "Het loopt mis."}}})["version"] == 1
    fault = refusal(lambda: sheet.submit(1, {"parts": {"thema": {"waarom": "Het loopt elke week mis."}}}))
    assert (fault.status, fault.code) == (422, "unanswered")
    assert fault.extra["items"] == ["thema.titel", "mensen"]
    assert sheet.state()["work"]["body"]["parts"]["thema"]["waarom"] == "Het loopt elke week mis."


def test_a_worksheet_of_ones_own_is_done_and_can_still_be_changed_and_handed_in_again() -> None:
    store = MemoryStore()
    sheet = player(store, "werkblad")
    state = sheet.submit(0, FILLED)
    assert state["status"] == "done"
    assert state["may"] == {"save": True, "answer": False, "submit": True}
    again = sheet.submit(1, {"parts": {**FILLED["parts"], "thema": {"titel": "Onthaal, anders"}}})
    assert again["submission"]["number"] == 2
    assert [event.verb for event in store.events] == ["completed"]


def test_a_worksheet_with_a_rubric_goes_to_the_teacher_who_reads_it_in_words() -> None:
    store = MemoryStore()
    state = player(store, "plan").submit(0, FILLED)
    assert state["status"] == "submitted"
    assert [event.verb for event in store.events] == ["submitted", "completed"]
    work = desk(store, "plan").work(state["submission"]["id"])
    assert work["submission"]["filled"] == [
        {"title": "Het thema", "fields": [{"label": "Waarover gaat het?", "text": "Onthaal"}]},
        {"title": "De betrokkenen · betrokkene 1", "fields": [{"label": "Wie?", "text": "Familie"}]},
    ]
    desk(store, "plan").assess(state["submission"]["id"], 0, {"situatie": "heel", "inzicht": "half"}, {}, "", True)
    assert player(store, "plan").state()["may"]["save"] is False


def test_every_round_of_a_scan_stays_with_its_layer_its_means_and_its_advice() -> None:
    store = MemoryStore()
    scan = player(store, "scan")
    scan.submit(0, RATED)
    lower = {**RATED["ratings"], "proberen": 1, "tijd": 1}  # type: ignore[dict-item]
    state = scan.submit(1, {"layer": "leiding", "ratings": lower})
    first, second = state["rounds"]
    assert (first["layer"], second["layer"]) == ("team", "leiding")
    assert [theme["mean"] for theme in first["themes"]] == ["3.7", "5"]
    assert [theme["mean"] for theme in second["themes"]] == ["2", "5"]
    assert "<em>klein</em>" in second["themes"][0]["advice_html"]
    assert state["may"]["submit"] is True


def test_a_round_with_a_statement_left_open_is_saved_but_not_closed() -> None:
    store = MemoryStore()
    scan = player(store, "scan")
    fault = refusal(lambda: scan.submit(0, {"layer": "team", "ratings": {"doel": 3}}))
    assert fault.code == "unanswered"
    assert set(fault.extra["items"]) == {item.id for item in SCAN.items()} - {"doel"}
    assert scan.state()["work"]["body"]["ratings"] == {"doel": 3}


def test_the_snapshot_holds_the_tool_as_the_learner_saw_it() -> None:
    assert assignment("werkblad").snapshot.tool is not None
    assert assignment("werkblad").snapshot.hash != assignment("plan").snapshot.hash


def test_snapshots_without_a_tool_keep_the_name_they_had() -> None:
    told = assignment("reflectie").snapshot
    assert "tool" not in told.model_dump(mode="json", exclude_none=True)
    assert told.hash == "sha256-0414cdb6d95e0837bef674448b4d250c2039c62da4f5734d4fd3c058baa38814"
