from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.rules import (
    GRACE,
    LONGEST_REST,
    DatedGrant,
    NewAccount,
    Verdict,
    fault_of,
    faults_of_new,
    is_weak,
    judge_refresh,
    make_password,
    may_manage,
    rest_after,
)
from app.core.errors import FieldError
from app.core.principal import MACHINE_ROLES, OPD_ROLES, Role

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("used_at", "ended", "expires_at", "verdict"),
    [
        pytest.param(None, False, LATER, Verdict.GIVE, id="a fresh token has a successor"),
        pytest.param(NOW, False, LATER, Verdict.GIVE, id="repeated at once it has the same successor"),
        pytest.param(NOW - GRACE, False, LATER, Verdict.GIVE, id="repeated after ten minutes it still has"),
        pytest.param(NOW - GRACE - timedelta(seconds=1), False, LATER, Verdict.END_FAMILY, id="later it was copied"),
        pytest.param(None, False, NOW, Verdict.REFUSE, id="in its last second it has run out"),
        pytest.param(NOW, False, NOW, Verdict.REFUSE, id="one that ran out is not repeated either"),
        pytest.param(None, True, LATER, Verdict.REFUSE, id="of an ended sign-in it is refused"),
        pytest.param(NOW - timedelta(hours=1), True, LATER, Verdict.REFUSE, id="a family ends once"),
    ],
)
def test_a_refresh_token(used_at: datetime | None, ended: bool, expires_at: datetime, verdict: Verdict) -> None:
    assert judge_refresh(used_at=used_at, ended=ended, expires_at=expires_at, at=NOW) is verdict


@pytest.mark.parametrize(
    ("failed", "rest"),
    [(0, None), (1, None), (9, None), (10, 30), (11, 60), (12, 120), (14, 480), (15, 900), (16, 900), (10_000, 900)],
)
def test_an_account_rests_after_wrong_passwords(failed: int, rest: int | None) -> None:
    assert rest_after(failed) == (None if rest is None else timedelta(seconds=rest))


@given(st.integers(0, 10**6))
def test_failing_on_purpose_never_locks_an_opd_out_for_long_nor_shortens_a_rest(failed: int) -> None:
    now, then = (rest_after(number) or timedelta() for number in (failed, failed + 1))
    assert now <= then <= LONGEST_REST


@pytest.mark.parametrize(
    ("grant", "has_asn", "fault"),
    [
        pytest.param(DatedGrant(Role.ADMIN, None, DAY), False, None, id="an admin"),
        pytest.param(DatedGrant(Role.OPD_HEAD, "DISDIK", DAY, DAY), False, None, id="a head for one day"),
        pytest.param(DatedGrant(Role.OPD_HEAD, None, DAY), False, "grant_needs_opd", id="a head of nothing"),
        pytest.param(DatedGrant(Role.KOMINFO, "DISDIK", DAY), False, "grant_without_opd", id="a kominfo of an OPD"),
        pytest.param(DatedGrant(Role.ASN, None, DAY), False, "grant_needs_asn", id="a civil servant who is nobody"),
        pytest.param(DatedGrant(Role.ASN, None, DAY), True, None, id="a civil servant"),
        pytest.param(DatedGrant(Role.ADAPTER, None, DAY), False, "grant_machine_role", id="a person as machine"),
        pytest.param(DatedGrant(Role.ADMIN, None, DAY, date(2026, 11, 22)), False, "span_reversed", id="backwards"),
    ],
)
def test_a_role_can_be_held(grant: DatedGrant, has_asn: bool, fault: str | None) -> None:
    assert fault_of(grant, has_asn=has_asn) == fault


@pytest.mark.parametrize(
    ("caller", "roles", "allowed"),
    [
        ({Role.ADMIN}, {Role.ADMIN}, True),
        ({Role.ADMIN}, set(), True),
        ({Role.KOMINFO}, OPD_ROLES, True),
        ({Role.KOMINFO}, {Role.OPD_HEAD, Role.KOMINFO}, False),
        ({Role.KOMINFO}, {Role.ASN}, False),
        ({Role.KOMINFO}, set(), False),
        ({Role.INSPECTOR, Role.OPD_HEAD}, {Role.OPD_HEAD}, False),
    ],
)
def test_who_manages_whom(caller: set[Role], roles: set[Role], allowed: bool) -> None:
    assert may_manage(caller, roles) is allowed


@given(st.sets(st.sampled_from(Role)), st.sets(st.sampled_from(Role)))
def test_nobody_but_admin_gives_more_than_roles_of_opds(caller: set[Role], roles: set[Role]) -> None:
    if may_manage(caller, roles) and Role.ADMIN not in caller:
        assert roles <= OPD_ROLES


def test_every_fault_of_a_list_is_named_by_its_place() -> None:
    new = [
        NewAccount("op.disdik", (DatedGrant(Role.OPD_OPERATOR, "DISDIK", DAY),)),
        NewAccount("op.disdik", (DatedGrant(Role.OPD_OPERATOR, "NONE", DAY), DatedGrant(Role.SCREEN, None, DAY))),
        NewAccount("taken", (), nip="198501012010011001", password="short"),
    ]
    assert list(faults_of_new(new, taken={"taken"}, opd_codes={"DISDIK"}, nips=set())) == [
        FieldError("/items/0/username", "username_repeated"),
        FieldError("/items/1/username", "username_repeated"),
        FieldError("/items/1/grants/0/opd_code", "opd_unknown"),
        FieldError("/items/1/grants/1", "grant_machine_role"),
        FieldError("/items/2/username", "username_taken"),
        FieldError("/items/2/nip", "asn_unknown"),
        FieldError("/items/2/password", "password_weak", {"least": 10}),
    ]


@pytest.mark.parametrize(
    ("password", "weak"),
    [
        pytest.param("kuda-lari", True, id="nine characters"),
        pytest.param("kuda-lari1", False, id="ten characters"),
        pytest.param("aaaaaaaaaabbb", True, id="two letters"),
        pytest.param("op.disdik2026", True, id="the user name and a year"),
        pytest.param("OP.DISDIK2026", True, id="the user name in capitals"),
    ],
)
def test_a_password_is_weak(password: str, weak: bool) -> None:
    assert is_weak(password, "op.disdik") is weak


def test_generated_passwords_are_strong_different_and_legible() -> None:
    made = {make_password() for _ in range(1000)}
    assert len(made) == 1000
    assert not any(is_weak(password, "op.disdik") for password in made)
    assert not set("".join(made)) & set("il01oO")


def test_no_role_is_both_a_machines_and_an_opds() -> None:
    assert not MACHINE_ROLES & OPD_ROLES
