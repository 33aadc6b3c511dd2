"""Carrying out a plan: the same few statements for one record from a form and for a file of thousands."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.bulk import upsert_rows
from app.core.fields import fold
from app.core.stale import mark_days_stale, mark_workdays_stale
from app.registry import queries
from app.registry.asn_plan import AsnPlan, Post
from app.registry.models import Asn, Assignment, Headship, Opd
from app.registry.opd_plan import Head, OpdPlan


async def write_plan(session: AsyncSession, plan: AsnPlan | OpdPlan) -> None:
    """Write what a plan without errors asks for, and say which days' conclusions no longer hold."""
    if isinstance(plan, AsnPlan):
        await _write_asn(session, plan)
    else:
        await _write_opd(session, plan)
    if plan.span.from_date is not None:
        await mark_days_stale(session, plan.span.from_date, None)
    if isinstance(plan, AsnPlan) and plan.changed_people:
        begins = plan.span.from_date or plan.today
        await mark_workdays_stale(session, [person.id for person in plan.changed_people], begins)


async def _write_asn(session: AsyncSession, plan: AsnPlan) -> None:
    people = [
        vars(person) | {"folded_name": fold(person.name), "version": person.version + 1}
        for person in plan.new_people + plan.changed_people
    ]
    await upsert_rows(session, Asn, people)
    posts = [post for _, post in plan.changed_posts + plan.new_posts]
    superiors = await queries.find_asn_by_nips(session, {post.superior_nip for post in posts if post.superior_nip})
    # What ends makes room first: two assignments of a person never overlap, not even within the transaction.
    await upsert_rows(session, Assignment, [_post_row(asn_id, post, superiors) for asn_id, post in plan.changed_posts])
    await upsert_rows(session, Assignment, [_post_row(asn_id, post, superiors) for asn_id, post in plan.new_posts])


def _post_row(asn_id: UUID, post: Post, superiors: dict[str, UUID]) -> dict[str, object]:
    row = vars(post) | {"asn_id": asn_id}
    nip = row.pop("superior_nip")
    return row | {"superior_id": superiors.get(nip) if nip else None}


async def _write_opd(session: AsyncSession, plan: OpdPlan) -> None:
    agencies = plan.new_agencies + plan.changed_agencies
    await upsert_rows(session, Opd, [vars(agency) | {"version": agency.version + 1} for agency in agencies])
    over = [head for head in plan.ended_heads if head.to_date and head.to_date >= head.from_date]
    await _delete_heads(session, {head.id for head in plan.ended_heads} - {head.id for head in over})
    heads = over + plan.new_heads
    people = await queries.find_asn_by_nips(session, {head.nip for head in heads})
    await upsert_rows(session, Headship, [_head_row(head, people[head.nip]) for head in heads])


async def _delete_heads(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Headships that were replaced before their first day was over."""
    if ids:
        await session.execute(delete(Headship).where(Headship.id.in_(ids)))


def _head_row(head: Head, asn_id: UUID) -> dict[str, object]:
    row = vars(head) | {"asn_id": asn_id}
    del row["nip"]
    return row
