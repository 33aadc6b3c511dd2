"""What an OPD and an ASN are, and the tree that decides who reports for whom."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class OpdType(StrEnum):
    SEKRETARIAT_DAERAH = "sekretariat_daerah"
    BAGIAN = "bagian"
    SEKRETARIAT_DPRD = "sekretariat_dprd"
    INSPEKTORAT = "inspektorat"
    DINAS = "dinas"
    BADAN = "badan"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"
    RSUD = "rsud"
    PUSKESMAS = "puskesmas"
    UPTD = "uptd"
    SEKOLAH = "sekolah"
    SATPOL_PP = "satpol_pp"


class Reports(StrEnum):
    """Whether an OPD reports itself, as a part of its ancestor's report, or is counted by its ancestor."""

    YES = "yes"
    NO = "no"
    PART = "part"


class Connectivity(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    NONE = "none"


class EmploymentType(StrEnum):
    PNS = "PNS"
    CPNS = "CPNS"
    PPPK = "PPPK"
    PPPK_PW = "PPPK_PW"


class HeadTitle(StrEnum):
    DEFINITIF = "definitif"
    PLT = "Plt"
    PLH = "Plh"


class Level(StrEnum):
    """Posts of UU 20/2023: managerial, functional by grade, executing."""

    JPT_PRATAMA = "jpt_pratama"
    ADMINISTRATOR = "administrator"
    PENGAWAS = "pengawas"
    JF_AHLI_UTAMA = "jf_ahli_utama"
    JF_AHLI_MADYA = "jf_ahli_madya"
    JF_AHLI_MUDA = "jf_ahli_muda"
    JF_AHLI_PERTAMA = "jf_ahli_pertama"
    JF_PENYELIA = "jf_penyelia"
    JF_MAHIR = "jf_mahir"
    JF_TERAMPIL = "jf_terampil"
    JF_PEMULA = "jf_pemula"
    PELAKSANA = "pelaksana"


class WorkPattern(StrEnum):
    FIVE_DAYS = "5"
    SIX_DAYS = "6"
    SHIFT = "shift"


@dataclass(frozen=True)
class Node:
    """An OPD as the tree needs it."""

    code: str
    parent_code: str | None
    reports: Reports


Tree = Mapping[str, Node]
"""OPD code → node, as it stands on one civil day."""


class RosterRow(NamedTuple):
    """A person on the register of one day, and where."""

    asn_id: UUID
    nip: str
    name: str
    folded_name: str
    employment_type: str
    position: str
    work_pattern: str
    apel_duty: bool
    opd_code: str
    email: str | None = None


class HeadRow(NamedTuple):
    """Somebody who heads an OPD on one day."""

    opd_code: str
    asn_id: UUID
    name: str
    title: str


def ancestors(tree: Tree, code: str) -> Iterator[Node]:
    """The OPD itself, then its parents up to the root; a loop ends the walk."""
    seen: set[str] = set()
    while code in tree and code not in seen:
        seen.add(code)
        node = tree[code]
        yield node
        code = node.parent_code or ""


def reporting_unit(tree: Tree, code: str) -> str | None:
    """The nearest ancestor-or-self that reports itself: the row on the board."""
    return next((node.code for node in ancestors(tree, code) if node.reports is Reports.YES), None)


def reporter(tree: Tree, code: str) -> str | None:
    """Whose claim covers the people of an OPD: the nearest ancestor-or-self that sends a report or a part."""
    return next((node.code for node in ancestors(tree, code) if node.reports is not Reports.NO), None)


def shown_under(opd_code: str, unit_code: str | None, scope: frozenset[str] | None) -> str:
    """The row in which a caller reads of an OPD's people: its reporting unit's, or its own where that is out of reach.

    Whoever answers for a part alone would else read a unit's figures that leave most of it out.
    """
    return unit_code if unit_code is not None and (scope is None or unit_code in scope) else opd_code


def below(tree: Tree, code: str) -> frozenset[str]:
    """The OPD and everything under it."""
    return _descend(tree, code, lambda node: True)


def covered_by(tree: Tree, code: str) -> frozenset[str]:
    """The OPDs that one reporter answers for: itself and what reports neither itself nor as a part."""
    if code not in tree or tree[code].reports is Reports.NO:
        return frozenset()
    return _descend(tree, code, lambda node: node.reports is Reports.NO)


def _descend(tree: Tree, code: str, follow: Callable[[Node], bool]) -> frozenset[str]:
    if code not in tree:
        return frozenset()
    children: dict[str, list[Node]] = {}
    for node in tree.values():
        if node.parent_code is not None:
            children.setdefault(node.parent_code, []).append(node)
    found, waiting = {code}, [code]
    while waiting:
        fresh = [node.code for node in children.get(waiting.pop(), ()) if node.code not in found and follow(node)]
        found.update(fresh)
        waiting.extend(fresh)
    return frozenset(found)
