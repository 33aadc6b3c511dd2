"""Service times from the queue machine's file: all of its rows, or none."""

from datetime import time
from typing import Any

import pytest

from app.core.principal import Role
from tests.client import Api
from tests.counters.conftest import PATH
from tests.registry.files import xlsx

IMPORTS = f"{PATH}/imports"
CSV = """kode opd;layanan;nomor antrean;tanggal;jam datang;jam dipanggil;jam selesai
DUKCAPIL;KTP;A-1;20/11/2026;08.00;08.10;09.00
DUKCAPIL;KTP;A-2;20/11/2026;08.05;;
"""


@pytest.fixture
def operator(api: Api, counters: None) -> Api:
    return api.as_(Role.OPD_OPERATOR, "DUKCAPIL")


def send(caller: Api, data: str | bytes, **form: str) -> Any:
    content = data.encode() if isinstance(data, str) else data
    return caller.post(IMPORTS, files={"file": ("antrean.csv", content)}, data=form)


def tickets(caller: Api) -> list[tuple[Any, ...]]:
    rows = caller.get(f"{PATH}/times").json()["items"]
    return [(row["ticket"], row["arrived_at"], row["wait_seconds"], row["total_seconds"]) for row in rows]


def test_rows_are_kept_once_however_often_the_file_is_sent(operator: Api) -> None:
    assert send(operator, CSV).json() == {"items": 2, "created": 2, "changed": 0, "unchanged": 0}
    assert send(operator, CSV).json() == {"items": 2, "created": 0, "changed": 0, "unchanged": 2}
    assert tickets(operator) == [
        ("A-2", "2026-11-20T00:05:00Z", None, None),
        ("A-1", "2026-11-20T00:00:00Z", 600, 3600),
    ]


def test_a_preview_counts_the_same_and_keeps_nothing(operator: Api) -> None:
    assert send(operator, CSV, preview="true").json()["created"] == 2
    assert tickets(operator) == []


def test_a_workbook_and_what_ends_after_midnight_are_read(operator: Api) -> None:
    head = ["opd_code", "service_code", "ticket", "date", "arrived", "finished", "finished_date"]
    row = ["DUKCAPIL", "KTP", "A-1", "2026-11-19", time(23, 50).isoformat(), "00:20", "2026-11-20"]
    assert send(operator, xlsx([head, row])).json()["created"] == 1
    assert tickets(operator) == [("A-1", "2026-11-19T15:50:00Z", None, 1800)]


def test_a_machines_own_headers_are_told_once(operator: Api, api: Api) -> None:
    told = {"headers": {"Q_NUM": "ticket", "UNIT": "opd_code", "SVC": "service_code", "D": "date", "T1": "arrived"}}
    assert api.as_(Role.ADMIN).put(f"{IMPORTS}/mapping", told).json() == told
    assert api.as_(Role.ADMIN).get(f"{IMPORTS}/mapping").json() == told
    file = "Q_NUM;UNIT;SVC;D;T1\nA-9;DUKCAPIL;KTP;2026-11-20;08:00\n"
    assert send(operator, file).json()["created"] == 1


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        pytest.param("DPMPTSP;KTP;A-3;20/11/2026;08.00;;", "/4/opd_code", id="another OPD's counter"),
        pytest.param("DUKCAPIL;KTP;7602010101900001;20/11/2026;08.00;;", "/4/ticket", id="a citizen's number"),
        pytest.param("DUKCAPIL;7602010101900001;A-3;20/11/2026;08.00;;", "/4/service_code", id="a number as a service"),
        pytest.param("DUKCAPIL;KTP;A-3;20/11/1026;08.00;;", "/4/date", id="another age"),
        pytest.param("DUKCAPIL;KTP;A-3;20/11/2026;;;", "/4/arrived", id="nobody arrived"),
        pytest.param("DUKCAPIL;KTP;A-3;20/11/2026;08.00;07.00;", "/4/called", id="called before arrived"),
        pytest.param("DUKCAPIL;KTP;A-3;31/11/2026;08.00;;", "/4/date", id="no such day"),
        pytest.param("DUKCAPIL;KTP;A-3;20/11/2026;25.00;;", "/4/arrived", id="no such time"),
    ],
)
def test_one_wrong_row_and_nothing_is_imported(operator: Api, row: str, pointer: str) -> None:
    refused = send(operator, CSV + row + "\n")
    assert (refused.status_code, refused.json()["code"]) == (422, "service-time-file-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert "7602010101900001" not in refused.text
    assert tickets(operator) == []


def test_a_file_without_the_needed_columns_is_refused(operator: Api) -> None:
    assert send(operator, "kode opd;layanan\nDUKCAPIL;KTP\n").json()["code"] == "columns-missing"
