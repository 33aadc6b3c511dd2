"""Another system's headers, told once."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.principal import SYSTEM
from app.registry import columns
from app.registry.columns import Column
from app.registry.errors import ColumnMappingWrong
from app.registry.importing import read_table
from app.registry.mappings import columns_for, read_headers, set_headers
from tests.make import MONDAY

COLUMNS = (Column("nip", ("nomor induk",), columns.nip), Column("result", ("hasil", "rhk"), columns.line))
FILE: list[Any] = [(1, ["NIP Pegawai", "RHK"]), (2, ["198501012010012001", "Jalan desa"])]
TOLD = {"NIP Pegawai": "nip", "RHK": "result"}
Run = Callable[[Any], Any]


def tell(run: Run, session: AsyncSession, headers: dict[str, str]) -> Any:
    return run(set_headers(session, SYSTEM, "plan", COLUMNS, headers, at=MONDAY))


def test_a_file_whose_headers_were_told_is_read(run: Run, session: AsyncSession) -> None:
    tell(run, session, TOLD)
    records, ignored = read_table(FILE, run(columns_for(session, "plan", COLUMNS)), "plan")
    assert [one.values for one in records] == [{"nip": "198501012010012001", "result": "Jalan desa"}]
    assert ignored == []


def test_what_was_told_outdoes_what_we_guess_and_another_kind_knows_nothing_of_it(
    run: Run, session: AsyncSession
) -> None:
    tell(run, session, {"hasil": "nip", "RHK": "result"})
    swapped: list[Any] = [(1, ["hasil", "RHK"]), (2, ["198501012010012001", "x"])]
    records, _ = read_table(swapped, run(columns_for(session, "plan", COLUMNS)), "plan")
    assert records[0].values == {"nip": "198501012010012001", "result": "x"}
    assert run(columns_for(session, "other", COLUMNS)) == COLUMNS


def test_headers_told_again_take_the_place_of_the_earlier_ones(run: Run, session: AsyncSession) -> None:
    tell(run, session, TOLD)
    tell(run, session, {"NIP": "nip"})
    assert run(read_headers(session, "plan")) == {"NIP": "nip"}


@pytest.mark.parametrize(
    ("headers", "code"),
    [({"NIP": "nap"}, "not_one_of"), ({"NIP": "nip", "nip.": "nip"}, "listed_twice"), ({"--": "nip"}, "listed_twice")],
    ids=["a column that is none", "one header twice", "a header of signs alone"],
)
def test_headers_that_cannot_be_read_are_refused(
    run: Run, session: AsyncSession, headers: dict[str, str], code: str
) -> None:
    with pytest.raises(ColumnMappingWrong) as refused:
        tell(run, session, headers)
    assert [error.code for error in refused.value.errors] == [code]
