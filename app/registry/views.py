"""What a caller sees of the register: less for those whom it does not concern."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.core.principal import OPD_ROLES, Principal, Role
from app.core.texts import Language, text
from app.registry import nip as nips
from app.registry.models import Asn, Assignment, Opd, RegistryImport
from app.registry.planning import RowState
from app.registry.rules import HeadRow, Tree, reporting_unit
from app.registry.schemas import (
    AsnIdentity,
    AsnItem,
    AsnRead,
    AssignmentRead,
    CellRead,
    HeadRead,
    ImportRead,
    ImportRowRead,
    ImportSummary,
    OpdItem,
    OpdRead,
)

KNOWS_CONTACTS = (Role.ADMIN, Role.KOMINFO, Role.INSPECTOR, Role.BUPATI, *OPD_ROLES)


def see_opd(caller: Principal, opd: Opd, heads: Iterable[HeadRow]) -> OpdRead:
    return OpdRead(**_opd_fields(caller, opd, heads))


def see_opds(caller: Principal, opds: Sequence[Opd], heads: Sequence[HeadRow], tree: Tree) -> list[OpdItem]:
    by_code: dict[str, list[HeadRow]] = {}
    for head in heads:
        by_code.setdefault(head.opd_code, []).append(head)
    return [
        OpdItem(
            **_opd_fields(caller, opd, by_code.get(opd.code, ())),
            unit_code=reporting_unit(tree, opd.code),
            head_name=next((head.name for head in by_code.get(opd.code, ())), None),
        )
        for opd in opds
    ]


def _opd_fields(caller: Principal, opd: Opd, heads: Iterable[HeadRow]) -> dict[str, Any]:
    fields = {name: getattr(opd, name) for name in OpdRead.model_fields if name != "heads"}
    if not caller.holds(*KNOWS_CONTACTS):
        fields |= {"zoom_email": None, "contact": None}
    return fields | {"heads": [HeadRead.model_validate(head) for head in heads]}


def sees_nip(caller: Principal, opd_code: str | None) -> bool:
    """The personnel office, and whoever answers for the OPD where the person serves."""
    return caller.holds(Role.ADMIN) or (opd_code is not None and caller.reaches(opd_code, *OPD_ROLES))


def see_asn(caller: Principal, asn: Asn, assignments: Sequence[Assignment], opd_code: str | None) -> AsnRead:
    """A person with all assignments; `opd_code` is where they serve today."""
    seen = [AssignmentRead.model_validate(assignment) for assignment in assignments]
    return AsnRead(**_identity(asn, sees_nip(caller, opd_code)), assignments=seen)


def see_people(caller: Principal, rows: Iterable[tuple[Asn, Assignment]]) -> list[AsnItem]:
    return [
        AsnItem(
            **_identity(asn, sees_nip(caller, assignment.opd_code)),
            assignment=AssignmentRead.model_validate(assignment),
        )
        for asn, assignment in rows
    ]


def _identity(asn: Asn, full: bool) -> dict[str, Any]:
    fields = {name: getattr(asn, name) for name in AsnIdentity.model_fields if name != "nip_masked"}
    return fields | {"nip_masked": nips.masked(asn.nip)} | ({} if full else {"nip": None, "email": None})


def see_import(kept: RegistryImport, language: Language) -> ImportRead:
    """A preview or what was applied, with its texts in the reader's language."""
    key = "code" if kept.kind == "opd" else "nip"
    return ImportRead(
        id=kept.id,
        kind=kept.kind,
        state=kept.state,
        filename=kept.filename,
        summary=ImportSummary(**kept.summary),
        rows=[
            ImportRowRead(
                line=row["line"],
                key=row["values"].get(key),
                state=row["plan"]["state"],
                cells=_cells(row["plan"], language),
            )
            for row in kept.rows
        ],
        created_at=kept.created_at,
        applied_at=kept.applied_at,
    )


def _cells(plan: dict[str, Any], language: Language) -> list[CellRead]:
    faults: dict[str, list[dict[str, Any]]] = {}
    for fault in plan["faults"]:
        faults.setdefault(fault["column"], []).append(fault)
    changes = {change["column"]: change for change in plan["changes"]}
    return [
        CellRead(
            column=column,
            state=_cell_state(faults.get(column, []), changes.get(column)),
            old=changes.get(column, {}).get("old"),
            new=changes.get(column, {}).get("new"),
            text=" ".join(text(language, "import", f["code"], **f["facts"]) for f in faults.get(column, [])) or None,
        )
        for column in dict.fromkeys([*changes, *faults])
    ]


def _cell_state(faults: list[dict[str, Any]], change: dict[str, Any] | None) -> RowState:
    grades = {fault["grade"] for fault in faults}
    if grades:
        return RowState.ERROR if "error" in grades else RowState.WARNING
    return RowState.NEW if change and change["old"] is None else RowState.CHANGED
