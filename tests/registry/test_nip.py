"""What a NIP contradicts itself in: each only a warning."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registry.nip import doubts, masked

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("nip", "employment_type", "found"),
    [
        pytest.param("198501012010011001", "PNS", [], id="an ordinary PNS"),
        pytest.param("198501012024211001", "PPPK", [], id="an ordinary PPPK in the first contract"),
        pytest.param("198513012010011001", "PNS", ["nip_birth_date"], id="there is no month 13"),
        pytest.param("198502302010011001", "PNS", ["nip_birth_date"], id="there is no 30 February"),
        pytest.param("195611232010011001", "PNS", [], id="seventy today"),
        pytest.param("195511242010011001", "PNS", [], id="seventy until the next birthday"),
        pytest.param("195612231980011001", "CPNS", [], id="an old appointment is possible"),
        pytest.param("195511231980011001", "PNS", ["nip_age"], id="seventy-one today"),
        pytest.param("200811242026111001", "PNS", ["nip_age"], id="under eighteen"),
        pytest.param("198501012010211001", "PNS", ["nip_shape"], id="a PNS with the number of a PPPK"),
        pytest.param("198501012010011001", "PPPK_PW", ["nip_shape"], id="a PPPK with the number of a PNS"),
        pytest.param("198501012002121001", "PNS", ["nip_appointment"], id="appointed at seventeen"),
        pytest.param("198501012003011001", "PNS", [], id="appointed in the month of the eighteenth birthday"),
        pytest.param("198501012026121001", "PNS", ["nip_appointment"], id="appointed next month"),
        pytest.param("198501012027211001", "PPPK", ["nip_appointment"], id="a PPPK of next year"),
        pytest.param("198501012010013001", "PNS", ["nip_sex"], id="no third sex in the register"),
        pytest.param("198501012010011000", "PNS", ["nip_serial"], id="a serial that a spreadsheet rounded away"),
        pytest.param("000000000000000000", "PNS", ["nip_birth_date", "nip_shape", "nip_sex", "nip_serial"], id="zeros"),
        pytest.param("200402292022031001", "PNS", [], id="born on 29 February"),
    ],
)
def test_doubts(nip: str, employment_type: str, found: list[str]) -> None:
    assert doubts(nip, employment_type, TODAY) == found


@given(st.from_regex(r"\A[0-9]{18}\Z"), st.sampled_from(["PNS", "PPPK"]), st.dates())
def test_any_digits_on_any_day_get_an_answer(nip: str, employment_type: str, today: date) -> None:
    assert len(doubts(nip, employment_type, today)) <= 5


def test_a_masked_nip_tells_its_last_four_digits() -> None:
    assert masked("198501012010011001") == "**************1001"
