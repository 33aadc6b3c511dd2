"""Policies over HTTP, and which of them is in force."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.principal import HUMAN_ROLES, Grant, Principal, Role
from app.core.stale import Stale, StaleWorkdays
from app.policies.errors import ActivationNeedsAnother, PolicyTouchesFinal
from app.policies.reading import shipped_document
from app.policies.service import activate_policy, draft_policy, rules_on, rules_on_days
from tests.make import DAY, MONDAY
from tests.policies.documents import changed

ANI = Principal(uuid4(), "ani", (Grant(Role.ADMIN),))
BUDI = Principal(uuid4(), "budi", (Grant(Role.ADMIN),))

NEXT = {"version": 2, "effective_from": date(2026, 11, 23)}
SHIPPED = {
    "label": "apel-dasar@1",
    "code": "apel-dasar",
    "version": 1,
    "state": "active",
    "title": "Kebijakan dasar apel gabungan",
    "legal_basis": "Contoh, menunggu Perbup; apel Senin menurut surat MenPANRB B/75/M/KT.00/2021 (14 Juni 2021)",
    "effective_from": "2020-01-01",
    "effective_to": None,
    "created_by": "system",
    "created_at": "2020-01-01T00:00:00Z",
    "trial_by": None,
    "trial_at": None,
    "activated_by": "system",
    "activated_at": "2020-01-01T00:00:00Z",
}


def test_the_shipped_policy_is_shown_whole_before_any_apel(api: Any) -> None:
    [policy] = api.as_(Role.BUPATI).get("/v1/policies").json()["items"]
    assert policy.items() >= SHIPPED.items()
    assert policy["document"] == shipped_document().model_dump(mode="json")
    assert api.as_(Role.INSPECTOR).get(f"/v1/policies/{policy['id']}").json() == policy


@pytest.mark.parametrize("role", [*sorted(HUMAN_ROLES), Role.READER, Role.ASN])
def test_policies_are_read_by(api: Any, role: Role) -> None:
    assert api.as_(role).get("/v1/policies").status_code == 200


@pytest.mark.parametrize("role", [Role.SCREEN, Role.ADAPTER])
def test_policies_are_not_read_by(api: Any, role: Role) -> None:
    assert api.as_(role).get("/v1/policies").status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_policies_are_not_written_by(api: Any, role: Role) -> None:
    assert api.as_(role).post("/v1/policies", changed(version=2)).status_code == 403


def test_nobody_reads_a_policy_that_does_not_exist(api: Any) -> None:
    answer = api.as_(Role.ADMIN).get(f"/v1/policies/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "policy-not-found")


def test_the_list_is_read_page_by_page_and_says_when_each_version_ends(run: Any, session: Any, api: Any) -> None:
    begins = {2: "2026-12-01", 3: "2027-01-01"}
    for version, day in begins.items():
        _in_force(run, session, changed(version=version, effective_from=day))
    run(session.commit())
    api.as_(Role.ADMIN).post("/v1/policies", changed(version=4, effective_from="2027-02-01"))
    seen, cursor = [], ""
    while cursor is not None:
        page = api.as_(Role.ADMIN).get(f"/v1/policies?limit=1&cursor={cursor}" if cursor else "/v1/policies?limit=1")
        seen += [(item["version"], item["state"], item["effective_to"]) for item in page.json()["items"]]
        cursor = page.json()["next_cursor"]
    assert seen == [
        (4, "draft", None),
        (3, "active", None),
        (2, "active", "2026-12-31"),
        (1, "active", "2026-11-30"),
    ]
    assert api.as_(Role.ADMIN).get("/v1/policies?cursor=WyJ4IiwieSJd").json()["code"] == "bad-cursor"


def test_a_draft_is_kept_whole_and_judges_nobody(run: Any, session: Any, api: Any) -> None:
    document = changed(version=2, effective_from="2020-06-01", **{"presence.wfa_share_percent": 80})
    answer = api.by(ANI).post("/v1/policies", document)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": answer.json()["id"],
        "label": "apel-dasar@2",
        "code": "apel-dasar",
        "version": 2,
        "state": "draft",
        "title": document["title"],
        "legal_basis": document["legal_basis"],
        "effective_from": "2020-06-01",
        "effective_to": None,
        "created_by": "ani",
        "created_at": "2026-11-22T23:30:00Z",
        "trial_by": None,
        "trial_at": None,
        "activated_by": None,
        "activated_at": None,
        "document": document,
    }
    assert run(rules_on(session, DAY)).wfa_share_percent == 50
    [entry] = run(session.scalars(select(AuditEntry).where(AuditEntry.action == "policies.draft")))
    assert (entry.target, entry.principal_name) == ("apel-dasar@2", "ani")


def test_the_same_draft_again_is_the_same_one_and_another_content_is_refused(api: Any) -> None:
    first = api.by(ANI).post("/v1/policies", changed(version=2))
    again = api.by(ANI).post("/v1/policies", changed(version=2))
    assert (again.status_code, again.json()) == (200, first.json())
    other = api.by(ANI).post("/v1/policies", changed(version=2, title="Lain"))
    assert (other.status_code, other.json()["code"]) == (409, "policy-version-taken")
    shipped = api.by(ANI).post("/v1/policies", changed(version=1, title="Lain"))
    assert shipped.json()["detail"].startswith("Kebijakan apel-dasar versi 1 tidak dapat diubah")


def test_a_document_that_does_not_add_up_is_refused_with_the_place(api: Any) -> None:
    answer = api.by(ANI).post("/v1/policies", changed(version=2, **{"points.accuracy.points": 30}))
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/points", "detail": "Nilai ketiga baris harus berjumlah 100."}]


def _draft(run: Any, session: Any, document: dict[str, Any]) -> Any:
    from app.policies.schemas import PolicyDocument

    policy_id, _ = run(draft_policy(session, ANI, PolicyDocument.model_validate(document), at=MONDAY))
    return policy_id


def _in_force(run: Any, session: Any, document: dict[str, Any]) -> Any:
    return run(activate_policy(session, BUDI, _draft(run, session, document), earliest=None, at=MONDAY))


def test_a_new_version_judges_from_its_day_on_and_the_old_one_before(run: Any, session: Any) -> None:
    _in_force(run, session, changed(version=2, effective_from="2026-11-23", **{"presence.wfa_share_percent": 80}))
    assert run(rules_on(session, date(2026, 11, 22))).label == "apel-dasar@1"
    assert run(rules_on(session, DAY)).label == "apel-dasar@2"
    assert run(rules_on(session, date(2030, 1, 1))).wfa_share_percent == 80


def test_of_two_that_begin_on_one_day_the_one_activated_later_judges(run: Any, session: Any) -> None:
    later, earlier = (_draft(run, session, changed(version=version, effective_from="2026-11-23")) for version in (2, 3))
    run(activate_policy(session, BUDI, earlier, earliest=None, at=MONDAY))
    run(activate_policy(session, BUDI, later, earliest=None, at=MONDAY.replace(hour=23, minute=59)))
    assert run(rules_on(session, DAY)).label == "apel-dasar@2"


def test_the_rules_of_several_days_are_those_of_each(run: Any, session: Any) -> None:
    before, day, after = date(2026, 11, 22), date(2026, 11, 23), date(2027, 1, 1)
    assert {one.label for one in run(rules_on_days(session, [before])).values()} == {"apel-dasar@1"}, "shipped"
    draft, _ = run(draft_policy(session, ANI, shipped_document().model_copy(update=NEXT), at=MONDAY))
    run(activate_policy(session, BUDI, draft, earliest=None, at=MONDAY))
    found = run(rules_on_days(session, [before, day, after]))
    assert found == {one: run(rules_on(session, one)) for one in (before, day, after)}
    assert [found[one].version for one in (before, day, after)] == [1, 2, 2]
    assert run(rules_on_days(session, [date(2010, 1, 1)]))[date(2010, 1, 1)].version == 1
    assert run(rules_on_days(session, [])) == {}


def test_a_day_before_the_first_version_is_judged_by_that_one(run: Any, session: Any) -> None:
    assert run(rules_on(session, date(2000, 1, 3))).label == "apel-dasar@1"
    draft, _ = run(draft_policy(session, ANI, shipped_document().model_copy(update=NEXT), at=MONDAY))
    run(activate_policy(session, BUDI, draft, earliest=None, at=MONDAY))
    assert run(rules_on(session, date(2000, 1, 3))).label == "apel-dasar@1", "not by a later one"


def test_the_author_does_not_put_the_own_draft_in_force(run: Any, session: Any) -> None:
    draft = _draft(run, session, changed(version=2))
    with pytest.raises(ActivationNeedsAnother):
        run(activate_policy(session, ANI, draft, earliest=None, at=MONDAY))
    assert run(rules_on(session, DAY)).label == "apel-dasar@1"


def test_no_policy_begins_before_the_first_day_that_is_not_settled(run: Any, session: Any) -> None:
    draft = _draft(run, session, changed(version=2, effective_from="2026-11-23"))
    with pytest.raises(PolicyTouchesFinal):
        run(activate_policy(session, BUDI, draft, earliest=date(2026, 11, 24), at=MONDAY))
    run(activate_policy(session, BUDI, draft, earliest=DAY, at=MONDAY))
    assert run(rules_on(session, DAY)).label == "apel-dasar@2"


def test_activating_has_the_days_it_touches_concluded_again_and_repeating_it_changes_nothing(
    run: Any, session: Any
) -> None:
    policy = _in_force(run, session, changed(version=2, effective_from="2026-11-23"))
    carla = Principal(uuid4(), "carla", (Grant(Role.ADMIN),))
    run(activate_policy(session, carla, policy.id, earliest=date(2030, 1, 1), at=MONDAY))
    stale = run(session.scalars(select(Stale))).all()
    assert [(row.from_date, row.to_date) for row in stale] == [(DAY, date.max)]
    ledgers = run(session.scalars(select(StaleWorkdays))).all()
    assert [(row.asn_id, row.from_year) for row in ledgers] == [(None, 2026)]
    assert policy.activated_by_name == "budi"
    entries = run(session.scalars(select(AuditEntry.principal_name).where(AuditEntry.action == "policies.activate")))
    assert list(entries) == ["budi"]
