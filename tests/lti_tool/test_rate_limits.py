"""No limit is in the way of a class that launches within a minute; a program gone wild hears when to come back."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from limits.strategies import FixedWindowRateLimiter
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.configuration import LtiSettings
from lti_tool.rate_limits import REDIS_REST, Counters, Rule, rules
from lti_tool.window_counts import WindowCounts
from tests.lti_tool.world import BASE, ELS, HANNE, FakeClock, Listener, Person, World, introduce, two_platforms

ONE = {"REMOTE_ADDR": "193.190.1.1"}
OTHER = {"REMOTE_ADDR": "193.190.1.2"}


@contextmanager
def world_of(settings: LtiSettings, listener: Listener, **changes: object) -> Iterator[World]:
    clock = FakeClock()
    app = create_app(LtiSettings(**{**vars(settings), **changes}), clock=clock, wake=lambda: None)
    services = app.extensions["veranderkracht"]
    west, zuid = two_platforms(listener)
    introduce(services, west, zuid)
    yield World(app, services, clock, west, zuid)
    services.database.close()


def asks_to_wait(response: TestResponse) -> bool:
    if response.status_code != 429:
        return False
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert "too-many-requests" in response.text
    return True


def limit_of(name: str, launches: int = 1200) -> int:
    return next(rule.limit.amount for rule in rules(launches) if rule.name == name)


def test_a_school_of_ten_classes_launches_behind_one_address_within_a_minute(world: World) -> None:
    # Each learner's launch, at its longest: a start in the frame, once more in a window, and two ways to finish it.
    for _ in range(600):
        assert world.browser().login(world.west).status_code == 302
        assert world.browser().login(world.west).status_code == 302
    refused = limit_of("refused-launches")
    for _ in range(min(refused, 300)):
        assert world.app.test_client().post("/lti/launch", base_url=BASE).status_code == 403


def test_a_class_of_sixty_writes_behind_one_address(world: World) -> None:
    browsers = []
    for number in range(60):
        browser = world.at(world.west, Person(f"l{number}", "Learner"))
        assert browser.ok("save", {"version": 0, "body": {"text": "Een begin."}})["version"] == 1
        assert browser.renew().status_code == 200
        browsers.append(browser)
    for browser in browsers:
        for version in range(1, 6):
            browser.ok("save", {"version": version, "body": {"text": f"Verder, {version}."}})


def test_a_platform_that_launches_without_end_is_asked_to_wait_and_others_are_not(
    settings: LtiSettings, listener: Listener
) -> None:
    with world_of(settings, listener, launches_per_minute=5) as world:
        for _ in range(5):
            assert world.browser().login(world.west).status_code == 302
        response = world.browser().login(world.west)
        assert asks_to_wait(response)
        assert response.mimetype == "text/html"
        assert "Open de activiteit daarna opnieuw" in response.text
        assert world.browser().login(world.zuid).status_code == 302


def test_a_launch_counts_for_the_platform_that_its_state_names(settings: LtiSettings, listener: Listener) -> None:
    with world_of(settings, listener, launches_per_minute=4) as world:
        states = [world.browser().start(world.west)[0] for _ in range(3)]
        for number in range(4):
            data = {"state": states[number % 3]}
            assert world.app.test_client().post("/lti/launch", data=data, base_url=BASE, environ_base=OTHER).status_code
        again = {"data": {"state": states[0]}, "base_url": BASE}
        assert asks_to_wait(world.app.test_client().post("/lti/launch", environ_base=OTHER, **again))
        assert not asks_to_wait(world.app.test_client().post("/lti/launch", environ_base=ONE, **again))
        stored = {"json": {"state": states[0], "id_token": "x", "secret": "y"}, "base_url": BASE}
        answers = [world.app.test_client().post("/lti/launch/stored", environ_base=ONE, **stored) for _ in range(5)]
        assert asks_to_wait(answers[-1])
        assert answers[-1].mimetype == "application/problem+json"


def test_platforms_made_up_one_after_the_other_do_not_get_past_the_limit(
    settings: LtiSettings, listener: Listener
) -> None:
    with world_of(settings, listener, launches_per_minute=20) as world:
        client = world.app.test_client()
        asked = {"login_hint": "x", "target_link_uri": f"{BASE}/lti/launch"}
        answers = [
            client.get("/lti/login", query_string={**asked, "iss": f"https://{number}.example"}, base_url=BASE)
            for number in range(11)
        ]
        assert [answer.status_code for answer in answers[:10]] == [403] * 10
        assert asks_to_wait(answers[10])


def test_no_limit_on_launches_is_a_setting(settings: LtiSettings, listener: Listener) -> None:
    with world_of(settings, listener, launches_per_minute=0) as world:
        assert all(world.browser().login(world.west).status_code == 302 for _ in range(50))
    assert {rule.name for rule in rules(0)} == {rule.name for rule in rules(1)} - {"launches", "refused-launches"}


def test_one_page_gone_wild_waits_while_its_neighbour_works_and_its_text_is_kept(world: World) -> None:
    wild, neighbour = world.at(world.west, HANNE), world.at(world.west, Person("7", "Learner"))
    wild.ok("save", {"version": 0, "body": {"text": "Mijn tekst."}})
    answers = [wild.call("state") for _ in range(limit_of("operations"))]
    assert asks_to_wait(answers[-1])
    refused = wild.call("save", {"version": 1, "body": {"text": "Verder."}})
    assert asks_to_wait(refused)
    assert refused.mimetype == "application/problem+json"
    assert refused.json["retry_after"] == int(refused.headers["Retry-After"])
    assert "blijft staan" in refused.json["detail"]
    assert neighbour.call("state").status_code == 200
    teacher = world.at(world.west, ELS)
    assert teacher.call("queue").status_code == 200


def test_a_new_token_does_not_begin_a_new_count(world: World) -> None:
    browser = world.at(world.west, HANNE)
    token = browser.token
    for _ in range(limit_of("renewals")):
        answer = browser.renew(token)
        assert answer.status_code == 200
        world.clock.advance(seconds=1)
        token = answer.json["token"]
    assert asks_to_wait(browser.renew(token))


def test_pages_are_limited_for_each_visit_apart(world: World) -> None:
    first, second = world.at(world.west, HANNE, ""), world.at(world.west, Person("8", "Learner"), "")
    answers = [first.turn("module") for _ in range(limit_of("pages") + 1)]
    assert asks_to_wait(answers[-1])
    assert second.turn("module").status_code == 200


@pytest.mark.parametrize("path", ["/lti/register/proef", "/lti/admin/proef"])
def test_a_one_time_secret_can_be_guessed_ten_times_a_minute_only(world: World, path: str) -> None:
    world.app.add_url_rule(path, view_func=lambda: ("", 403) if "fout" in path_of() else "", methods=["GET"])

    def path_of() -> str:
        from flask import request

        return request.query_string.decode()

    client = world.app.test_client()
    for _ in range(20):
        assert client.get(path, base_url=BASE, environ_base=ONE).status_code == 200
    for _ in range(10):
        assert client.get(f"{path}?fout", base_url=BASE, environ_base=ONE).status_code == 403
    assert asks_to_wait(client.get(path, base_url=BASE, environ_base=ONE))
    assert client.get(path, base_url=BASE, environ_base=OTHER).status_code == 200


def guess(world: World, *, forwarded: str = "", **environ: str) -> int:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    client = world.app.test_client()
    return client.get("/lti/register/x", base_url=BASE, headers=headers, environ_base=environ).status_code


def test_without_trusted_proxies_nobody_takes_another_address(world: World) -> None:
    answers = [guess(world, forwarded=f"10.0.0.{number}", **ONE) for number in range(11)]
    assert answers == [404] * 10 + [429]


def test_behind_one_proxy_the_address_that_it_wrote_counts(settings: LtiSettings, listener: Listener) -> None:
    proxy = {"REMOTE_ADDR": "10.0.0.1"}
    with world_of(settings, listener, proxies=1) as world:
        # What somebody wrote there before the proxy says nothing.
        made_up = [guess(world, forwarded=f"1.1.1.{number}, 193.190.1.1", **proxy) for number in range(11)]
        assert made_up == [404] * 10 + [429]
        assert guess(world, forwarded="193.190.1.2", **proxy) == 404


def test_who_has_one_ipv6_address_has_the_network(world: World) -> None:
    answers = [guess(world, REMOTE_ADDR=f"2001:db8:1:2::{number:x}") for number in range(11)]
    assert answers == [404] * 10 + [429]
    assert guess(world, REMOTE_ADDR="2001:db8:1:3::1") == 404


def test_files_and_the_look_whether_all_is_well_have_no_limit(world: World) -> None:
    client = world.app.test_client()
    for _ in range(300):
        assert client.get("/healthz", base_url=BASE).status_code == 200
        assert client.get("/lti/static/tool/picker.js", base_url=BASE).status_code == 200


def guesses() -> Rule:
    return next(rule for rule in rules(1) if rule.name == "guesses")


def test_processes_count_together_in_redis(redis: str) -> None:
    first, second, rule = Counters(redis), Counters(redis), guesses()
    for _ in range(5):
        first.count(rule, "/a", "samen")
        second.count(rule, "/a", "samen")
    assert not first.within(rule, "/a", "samen")
    assert not second.within(rule, "/a", "samen")
    assert 1 <= second.seconds_left(rule, "/a", "samen") <= 60
    assert Counters("").within(rule, "/a", "samen")


def test_without_redis_each_process_counts_by_itself_and_looks_again_later(caplog: pytest.LogCaptureFixture) -> None:
    now = [0.0]
    counters, rule = Counters("redis://127.0.0.1:9/0", lambda: now[0]), guesses()
    for _ in range(10):
        counters.count(rule, "/a", "b")
    assert not counters.within(rule, "/a", "b")
    assert len(caplog.records) == 1, "Redis was asked again at once"
    now[0] += REDIS_REST
    counters.within(rule, "/a", "b")
    assert len(caplog.records) == 2


def test_the_log_names_the_limit_and_nobody(
    settings: LtiSettings, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with world_of(settings, listener, launches_per_minute=1) as world:
        for _ in range(2):
            world.browser().login(world.west)
    assert "too many requests: limit=launches" in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_a_window_ends_and_what_is_over_takes_no_memory() -> None:
    now = [1000.0]
    counts = WindowCounts(lambda: now[0])
    limiter, rule = FixedWindowRateLimiter(counts), guesses()
    assert [limiter.hit(rule.limit, "a") for _ in range(12)] == [True] * 10 + [False] * 2
    assert counts.get_expiry(rule.limit.key_for("a")) == 1060.0
    now[0] += 59.9
    assert not limiter.hit(rule.limit, "a")
    now[0] += 0.1
    assert limiter.hit(rule.limit, "a")
    for number in range(1000):
        limiter.hit(rule.limit, str(number))
    now[0] += 61
    limiter.hit(rule.limit, "b")
    assert len(counts) == 1
    assert counts.reset() == 1 and counts.check() and counts.get(rule.limit.key_for("b")) == 0


def test_threads_lose_no_count() -> None:
    counts = WindowCounts()
    threads = [threading.Thread(target=lambda: [counts.incr("a", 60) for _ in range(2000)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.get("a") == 8000
    counts.clear("a")
    assert counts.get("a") == 0
