"""Answers about webhooks, and the texts that an operator pastes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.apel.queries import get_apel
from app.apel.rules import ApelState, past_window
from app.attendance.service import conclude
from app.core.db import zone_of
from app.core.events import Event
from app.core.paging import Page
from app.core.texts import Language
from app.notifications import queries
from app.notifications.delivering import message_id
from app.notifications.models import WebhookAttempt, WebhookDelivery
from app.notifications.rules import DeliveryState
from app.notifications.schemas import AttemptRead, DeliveryFilter, DeliveryRead, MessageRead, MessagesRead
from app.notifications.standing import WATCHER, count_scored, list_to_review, names_of, read_stand
from app.notifications.texts import Tongue, say_closed, say_final, say_returned, say_to_review
from app.reports.missing import list_missing
from app.reports.queries import list_current
from app.reports.rules import ReviewKind


async def read_deliveries(session: AsyncSession, webhook_id: UUID, wanted: DeliveryFilter) -> Page[DeliveryRead]:
    """The log of a webhook. Raises WebhookNotFound."""
    hook = await queries.get_webhook(session, webhook_id)
    page = await queries.list_deliveries(session, hook.id, wanted)
    attempts = await queries.list_attempts(session, page.items)
    items = [show_delivery(row, attempts.get(row.id, ())) for row in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


async def read_delivery(session: AsyncSession, row: WebhookDelivery) -> DeliveryRead:
    return show_delivery(row, (await queries.list_attempts(session, [row])).get(row.id, ()))


def show_delivery(row: WebhookDelivery, attempts: Sequence[WebhookAttempt]) -> DeliveryRead:
    named = ("id", "webhook_id", "event", "payload", "state", "made_at", "useful_until", "done_at")
    return DeliveryRead(
        **{name: getattr(row, name) for name in named},
        message_id=message_id(row.message_id),
        next_try_at=row.due_at if row.state == DeliveryState.WAITING else None,
        attempts=[AttemptRead.model_validate(attempt) for attempt in attempts],
    )


async def read_messages(session: AsyncSession, apel_id: UUID, language: Language, *, at: datetime) -> MessagesRead:
    """What can be said of an apel right now, in the order in which a morning goes. Raises ApelNotFound."""
    apel = await get_apel(session, apel_id, at=at)
    tongue, names = Tongue(language, zone_of(session)), await names_of(session, apel)
    items: list[MessageRead] = []
    if apel.state is ApelState.CANCELLED:
        return MessagesRead(apel_id=apel_id, items=items)
    if apel.state is not ApelState.FINAL:
        missing = await list_missing(session, WATCHER, apel_id, at=at)
        items.append(MessageRead(event=Event.REPORT_MISSING, opd_code=None, text=missing.text))
    for row in await list_current(session, apel_id):
        if row.review is not None and row.review.kind == ReviewKind.RETURNED:
            code = row.version.opd_code
            returned = say_returned(tongue, apel, names.get(code, code))
            items.append(MessageRead(event=Event.REPORT_RETURNED, opd_code=code, text=returned))
    if past_window(apel.state):
        stand = await read_stand(session, apel_id, at=at)
        items.append(MessageRead(event=Event.APEL_CLOSED, opd_code=None, text=say_closed(tongue, apel, stand)))
    if apel.due:
        await conclude(session, apel_id, at=at)
        for code, findings in (await list_to_review(session, apel_id)).items():
            asked = say_to_review(tongue, apel, names.get(code, code), findings)
            items.append(MessageRead(event=Event.FINDING_TO_REVIEW, opd_code=code, text=asked))
    if apel.state is ApelState.FINAL:
        scored = await count_scored(session, apel_id, at=at)
        said = say_final(tongue, apel, await read_stand(session, apel_id, at=at), scored)
        items.append(MessageRead(event=Event.SCORES_FINAL, opd_code=None, text=said))
    return MessagesRead(apel_id=apel_id, items=items)
