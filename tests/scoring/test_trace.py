"""From every number to its rule and to its evidence in two calls: walked over all answers about scores."""

from collections.abc import Iterator
from typing import Any

from app.core.principal import Role
from tests.scoring.conftest import Season
from tests.scoring.test_rebuilding import eventful

UNRULED = frozenset({"revision", "year", "next_cursor"})
"""Numbers that say when or how often, and judge nobody."""


def lines_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Every rule that was applied, wherever it stands in an answer."""
    if isinstance(answer, dict):
        if {"rule", "policy", "evidence"} <= answer.keys():
            yield answer
        for value in answer.values():
            yield from lines_in(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from lines_in(value)


def unled(answer: Any, *, led: bool = False) -> Iterator[str]:
    """The numbers of an answer beside and above which nothing leads any further."""
    if isinstance(answer, dict):
        led = led or any(answer.get(name) for name in ("lines", "href", "standing", "rule"))
        for name, value in answer.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                if not led and name not in UNRULED:
                    yield name
            else:
                yield from unled(value, led=led)
    elif isinstance(answer, list):
        for value in answer:
            yield from unled(value, led=led)


def test_every_number_leads_to_a_rule_and_to_its_evidence_in_two_calls(season: Season) -> None:
    _, apel = eventful(season)
    season.scores(apel)
    admin = season.after(apel).as_(Role.ADMIN)
    people = admin.get("/v1/scores/asn").json()["items"]
    marked = [person for person in people if person["apels"]]
    assert marked
    answers = [
        admin.get(f"/v1/apel/{apel.id}/scores").json(),
        admin.get("/v1/scores/opd?period=2026-11").json(),
        *(admin.get(f"/v1/scores/opd/{code}").json() for code in ("DISDIK", "DINKES", "PUPR")),
        *(admin.get(person["href"]).json() for person in marked),
        people,
    ]
    rules = {policy["label"]: policy["document"] for policy in admin.get("/v1/policies").json()["items"]}
    walked: dict[str, str] = {}
    kinds = set()
    for answer in answers:
        assert list(unled(answer)) == []
        for line in lines_in(answer):
            assert line["policy"] in rules
            assert line["facts"].get("text") or line["text"]
            assert {"source", "verified"} <= line["facts"].keys()
            for link in line["evidence"]:
                kinds.add(link["kind"])
                if link["href"] not in walked:
                    found = admin.get(link["href"])
                    assert found.status_code == 200, link
                    walked[link["href"]] = found.text
                assert link["id"] in walked[link["href"]], link
    assert kinds == {"report_version", "presence", "mark", "finding", "history", "score"}
    stranger = season.api.as_(Role.OPD_HEAD, "PUPR")
    theirs = [
        link
        for line in lines_in(answers)
        for link in line["evidence"]
        if link["kind"] in ("mark", "finding") and '"opd_code":"DISDIK"' in walked[link["href"]]
    ]
    assert {link["kind"] for link in theirs} == {"mark", "finding"}
    assert {stranger.get(link["href"]).status_code for link in theirs} == {404}
