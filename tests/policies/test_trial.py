"""A policy on trial computes beside the rules in force and replaces nothing."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.core.principal import Grant, Principal, Role
from app.core.stale import Stale
from app.policies.errors import ActivationNeedsAnother, PolicyInForce
from app.policies.reading import shipped_document
from app.policies.schemas import PolicyDocument
from app.policies.service import activate_policy, draft_policy, rules_on, start_trial, trial_rules_on
from tests.make import DAY, MONDAY
from tests.policies.documents import changed, written

ANI = Principal(uuid4(), "ani", (Grant(Role.ADMIN),))
BUDI = Principal(uuid4(), "budi", (Grant(Role.ADMIN),))
LATER = MONDAY.replace(hour=23, minute=59)


@pytest.fixture
def draft(run: Any, session: Any) -> Any:
    def write(version: int, begins: str = "2026-11-01") -> Any:
        document = PolicyDocument.model_validate(changed(version=version, effective_from=begins))
        policy_id, _ = run(draft_policy(session, ANI, document, at=MONDAY))
        return policy_id

    return write


def test_a_trial_computes_from_its_day_on_and_leaves_the_rules_in_force(run: Any, session: Any, draft: Any) -> None:
    policy = run(start_trial(session, ANI, draft(2, "2026-11-23"), at=MONDAY))
    assert (policy.trial_by_name, policy.trial_at, policy.activated_at) == ("ani", MONDAY, None)
    assert run(trial_rules_on(session, date(2026, 11, 22))) is None
    tried = run(trial_rules_on(session, DAY))
    assert tried.label == "apel-dasar@2"
    assert run(rules_on(session, DAY)).label == "apel-dasar@1"
    assert not run(session.scalars(select(Stale))).all()


def test_repeating_a_trial_changes_nothing_and_what_is_in_force_is_not_tried(
    run: Any, session: Any, draft: Any
) -> None:
    policy_id = draft(2)
    run(start_trial(session, ANI, policy_id, at=MONDAY))
    assert run(start_trial(session, BUDI, policy_id, at=LATER)).trial_at == MONDAY
    assert run(session.scalars(select(AuditEntry.target).where(AuditEntry.action == "policies.trial"))).all() == [
        "apel-dasar@2"
    ]
    with pytest.raises(ActivationNeedsAnother):
        run(activate_policy(session, ANI, policy_id, earliest=None, at=LATER))
    run(activate_policy(session, BUDI, policy_id, earliest=None, at=LATER))
    with pytest.raises(PolicyInForce):
        run(start_trial(session, ANI, policy_id, at=LATER))
    assert run(trial_rules_on(session, DAY)) is None


def test_of_two_trials_the_one_that_begins_later_is_tried(run: Any, session: Any, draft: Any) -> None:
    for version, begins in ((2, "2026-11-10"), (3, "2026-11-01")):
        run(start_trial(session, ANI, draft(version, begins), at=MONDAY))
    assert run(trial_rules_on(session, date(2026, 11, 9))).version == 3
    assert run(trial_rules_on(session, DAY)).version == 2


def test_a_version_in_force_that_begins_later_ends_the_trial(run: Any, session: Any, draft: Any) -> None:
    run(start_trial(session, ANI, draft(2, "2026-11-01"), at=MONDAY))
    run(activate_policy(session, BUDI, draft(3, "2026-11-16"), earliest=None, at=MONDAY))
    assert run(trial_rules_on(session, date(2026, 11, 15))).version == 2
    assert run(trial_rules_on(session, DAY)) is None


def test_the_state_is_shown(run: Any, session: Any, api: Any, draft: Any) -> None:
    policy_id = draft(2)
    admin = api.as_(Role.ADMIN)
    assert admin.get(f"/v1/policies/{policy_id}").json()["state"] == "draft"
    run(start_trial(session, BUDI, policy_id, at=MONDAY))
    run(session.commit())
    shown = admin.get(f"/v1/policies/{policy_id}").json()
    assert (shown["state"], shown["trial_by"], shown["trial_at"], shown["activated_by"]) == (
        "trial",
        "budi",
        "2026-11-22T23:30:00Z",
        None,
    )


def test_a_yaml_file_becomes_a_draft_and_comes_out_as_it_went_in(api: Any) -> None:
    document = changed(version=2, effective_from="2026-12-01")
    admin = api.as_(Role.ADMIN)
    made = admin.post("/v1/policies/file", files={"file": ("kebijakan.yaml", written(document))})
    assert (made.status_code, made.json()["state"], made.json()["document"]) == (201, "draft", document)
    assert admin.post("/v1/policies", document).status_code == 200
    out = api.as_(Role.INSPECTOR).get(f"/v1/policies/{made.json()['id']}/file")
    assert (out.status_code, out.headers["content-type"]) == (200, "application/yaml")
    assert out.headers["content-disposition"] == 'attachment; filename="apel-dasar-2.yaml"'
    assert out.text == written(document)
    again = admin.post("/v1/policies/file", files={"file": ("lagi.yaml", out.content)})
    assert (again.status_code, again.json()) == (200, made.json())


def test_a_yaml_file_with_errors_is_refused_with_every_line(api: Any) -> None:
    text = written(shipped_document().model_dump(mode="json")).replace("points: 60", "points: 61", 1)
    text = text.replace("streak_every: 4", 'streak_every: "4"') + "198501012010011001: 1\n"
    answer = api.as_(Role.ADMIN).post("/v1/policies/file", files={"file": ("x.yaml", text)})
    assert (answer.status_code, answer.json()["code"]) == (422, "policy-file-wrong")
    assert answer.json()["detail"].startswith("Ada 3 hal yang perlu diperbaiki")
    assert answer.json()["errors"] == [
        {
            "pointer": "/points",
            "detail": f"Baris {_line(text, 'points:')}, kolom 1: Nilai ketiga baris harus berjumlah 100.",
        },
        {
            "pointer": "/person/streak_every",
            "detail": f"Baris {_line(text, 'streak_every')}, kolom 3: Harus berupa bilangan bulat.",
        },
        {
            "pointer": "",
            "detail": f"Baris {len(text.splitlines())}, kolom 1: Ada isian yang tidak dikenal di sini.",
        },
    ]
    english = api.as_(Role.ADMIN).post(
        "/v1/policies/file", files={"file": ("x.yaml", "[")}, headers={"accept-language": "en"}
    )
    assert english.json()["errors"] == [
        {
            "pointer": "",
            "detail": "Line 1, column 2: Not readable as YAML here: look at colons, quotes and indentation.",
        }
    ]
    assert [item["version"] for item in api.as_(Role.ADMIN).get("/v1/policies").json()["items"]] == [1]


def _line(text: str, word: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_no_policy_file_is_taken_from(api: Any, role: Role) -> None:
    answer = api.as_(role).post("/v1/policies/file", files={"file": ("x.yaml", "code: x")})
    assert answer.status_code == 403
