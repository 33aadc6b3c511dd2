"""The line of superiors above a person on a day, from the register."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.decisions.competence import Competent, Official, find_competent
from app.decisions.loading import CaseNow
from app.policies.rules_of_workdays import Severity
from app.registry.models import Asn, Assignment
from app.registry.queries import list_heads, load_tree, valid_on
from app.registry.rules import Level, ancestors

LONGEST_LINE = 8
"""Steps from an executing officer to the regency's secretary are five; a loop in the register ends here."""


@dataclass(frozen=True)
class Placed:
    """Somebody with the post of a day; without one, `serves` is false."""

    asn_id: UUID
    nip: str
    name: str
    level: str | None
    position: str
    opd_code: str | None
    superior_id: UUID | None
    serves: bool

    def as_official(self, *, assumed: bool = False) -> Official:
        return Official(self.asn_id, self.name, self.position, self.level, self.serves, assumed)


async def place_people(session: AsyncSession, asn_ids: Sequence[UUID], on: date) -> dict[UUID, Placed]:
    """People with their posts on a day."""
    asked = (
        select(Asn.id, Asn.nip, Asn.name, Assignment)
        .join(Assignment, (Assignment.asn_id == Asn.id) & valid_on(Assignment, on), isouter=True)
        .where(Asn.id == func.any(literal(list(asn_ids), ARRAY(Uuid))))
    )
    return {asn_id: _placed(asn_id, nip, name, post) for asn_id, nip, name, post in await session.execute(asked)}


def _placed(asn_id: UUID, nip: str, name: str, post: Assignment | None) -> Placed:
    if post is None:
        return Placed(asn_id, nip, name, None, "–", None, None, serves=False)
    return Placed(asn_id, nip, name, post.level, post.position, post.opd_code, post.superior_id, serves=True)


async def load_line(session: AsyncSession, person: Placed, on: date) -> list[Official]:
    """The officials above a person, the direct superior first.

    Where the register names nobody on the way to the head of an OPD, the heads of the OPD and those above it follow,
    marked as assumed.
    """
    line: list[Placed] = []
    following = person.superior_id
    while following is not None and len(line) < LONGEST_LINE:
        if following == person.asn_id or any(one.asn_id == following for one in line):
            break
        line.append((await place_people(session, [following], on))[following])
        following = line[-1].superior_id
    named = [one.as_official() for one in line]
    if any(one.level == Level.JPT_PRATAMA and one.serves for one in line):
        return named
    known = {person.asn_id, *(one.asn_id for one in line)}
    return named + [one for one in await _heads_above(session, person, on) if one.asn_id not in known]


async def _heads_above(session: AsyncSession, person: Placed, on: date) -> list[Official]:
    if person.opd_code is None:
        return []
    codes = [node.code for node in ancestors(await load_tree(session, on), person.opd_code)]
    heads = {head.opd_code: head for head in reversed(await list_heads(session, on, codes))}
    placed = await place_people(session, [head.asn_id for head in heads.values()], on)
    found = [placed[heads[code].asn_id].as_official(assumed=True) for code in codes if code in heads]
    return list({one.asn_id: one for one in found}.values())


@dataclass(frozen=True)
class Authority:
    """Whose case it is to act in: the person, the line above, and who may decide."""

    person: Placed
    line: list[Official]
    competent: Competent


async def load_authority(session: AsyncSession, now: CaseNow, on: date, severity: Severity) -> Authority:
    """The line above the person of a case on a day, and who may impose a sanction of this severity."""
    person = (await place_people(session, [now.case.asn_id], on))[now.case.asn_id]
    line = await load_line(session, person, on)
    recused = {UUID(one) for one in now.course.recused}
    table = now.procedure.competence
    return Authority(person, line, find_competent(person.level, line, severity, table, recused))
