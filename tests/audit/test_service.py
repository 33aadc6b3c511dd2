import hmac
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEntry
from app.audit.service import record
from app.core.db import act_as
from app.core.principal import Grant, Principal, Role
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, NOBODY

KOMINFO = Principal(NOBODY, "kominfo", (Grant(Role.KOMINFO),))
SITI, BUDI = "198501012010012001", "197001011990031002"


def keyed(nip: str) -> str:
    return hmac.new(SURROUNDINGS.audit_key, nip.encode(), sha256).hexdigest()


def test_an_entry_names_the_caller_the_act_and_each_subject_once(run: Any, session: Any) -> None:
    run(record(session, KOMINFO, "duty.list", at=MONDAY, target="DISDIK", nips=[SITI, BUDI, SITI], rows=3))
    entry = run(session.scalar(select(AuditEntry)))
    assert (entry.at, entry.principal_id, entry.principal_name) == (MONDAY, NOBODY, "kominfo")
    assert (entry.action, entry.target, entry.detail) == ("duty.list", "DISDIK", {"rows": 3})
    assert entry.subjects == sorted([keyed(SITI), keyed(BUDI)])


def test_the_record_does_not_hold_a_nip(run: Any, session: Any) -> None:
    run(record(session, KOMINFO, "duty.list", at=MONDAY, nips=[SITI]))
    row = run(session.scalar(text("SELECT audit_entry::text FROM audit_entry")))
    assert SITI not in row
    assert sha256(SITI.encode()).hexdigest() not in row


@pytest.mark.parametrize("statement", [update(AuditEntry).values(action="x"), delete(AuditEntry)])
def test_the_application_cannot_change_or_remove_an_entry(run: Any, session: Any, statement: Any) -> None:
    run(act_as(session, KOMINFO))
    run(record(session, KOMINFO, "duty.list", at=MONDAY))
    with pytest.raises(DBAPIError, match="permission denied"):
        run(session.execute(statement))
