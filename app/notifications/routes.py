"""Webhooks over HTTP, and the texts that come before them: ready to be pasted."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, status

from app.core.destinations import Listed
from app.core.paging import Page
from app.core.principal import Principal, Role
from app.core.settings import Settings
from app.notifications import queries, reading, schemas, service
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1", "notifications")
Reader = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.KOMINFO, Role.INSPECTOR))]
Manager = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.KOMINFO))]


async def listed_hosts(request: Request) -> Sequence[Listed]:
    settings: Settings = request.app.state.settings
    return settings.listed_hosts


Allowed = Annotated[Sequence[Listed], Depends(listed_hosts)]


@router.get("/apel/{apel_id}/messages")
async def read_messages(
    apel_id: UUID, _: Reader, session: Transaction, now: Now, language: Speech
) -> schemas.MessagesRead:
    """Texts about an apel as it stands now, ready to be pasted into a messenger group: OPDs and numbers, no person."""
    return await reading.read_messages(session, apel_id, language, at=now)


@router.get("/webhooks")
async def list_webhooks(
    wanted: Annotated[schemas.WebhookFilter, Query()], _: Reader, session: Transaction
) -> Page[schemas.WebhookRead]:
    """Who is told what; a paused one failed for five days, and waits for a person."""
    page = await queries.list_webhooks(session, wanted)
    items = [schemas.WebhookRead.model_validate(hook) for hook in page.items]
    return Page(items=items, next_cursor=page.next_cursor)


@router.post("/webhooks", status_code=status.HTTP_201_CREATED)
async def create_webhook(
    body: schemas.WebhookCreate,
    caller: Manager,
    session: Transaction,
    now: Now,
    once: Once,
    etag: ETag,
    allowed: Allowed,
) -> schemas.WebhookMade:
    """Have a receiver told of what happens from now on; its secret is shown this once."""

    async def create() -> schemas.WebhookMade:
        hook, secret = await service.create_webhook(session, caller, body, allowed, at=now)
        etag.set(hook.version)
        return _made(hook, secret)

    return await once.run(create)


def _made(hook: object, secret: str) -> schemas.WebhookMade:
    shown = schemas.WebhookRead.model_validate(hook).model_dump()
    return schemas.WebhookMade(**shown, secret=secret)


@router.get("/webhooks/{webhook_id}")
async def read_webhook(webhook_id: UUID, _: Reader, session: Transaction, etag: ETag) -> schemas.WebhookRead:
    """One receiver, and how it stands with it."""
    hook = await queries.get_webhook(session, webhook_id)
    etag.set(f"{hook.version}")
    return schemas.WebhookRead.model_validate(hook)


@router.patch("/webhooks/{webhook_id}")
async def change_webhook(
    webhook_id: UUID,
    body: schemas.WebhookChange,
    caller: Manager,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
    allowed: Allowed,
) -> schemas.WebhookRead:
    """Change a receiver, switch it off, or let a paused one go on."""
    hook = await service.change_webhook(session, caller, webhook_id, body, allowed, expected=expected, at=now)
    etag.set(hook.version)
    return schemas.WebhookRead.model_validate(hook)


@router.post("/webhooks/{webhook_id}/end", status_code=status.HTTP_204_NO_CONTENT)
async def end_webhook(webhook_id: UUID, caller: Manager, session: Transaction, now: Now, expected: IfMatch) -> None:
    """End a receiver for good; what waits for it is not sent any more."""
    await service.end_webhook(session, caller, webhook_id, expected=expected, at=now)


@router.post("/webhooks/{webhook_id}/secret")
async def rotate_secret(
    webhook_id: UUID, caller: Manager, session: Transaction, now: Now, once: Once, etag: ETag
) -> schemas.WebhookMade:
    """A new secret, shown this once; for 24 hours every message is signed with both."""

    async def rotate() -> schemas.WebhookMade:
        hook, secret = await service.rotate_secret(session, caller, webhook_id, at=now)
        etag.set(hook.version)
        return _made(hook, secret)

    return await once.run(rotate)


@router.post("/webhooks/{webhook_id}/test", status_code=status.HTTP_201_CREATED)
async def send_test(
    webhook_id: UUID, caller: Manager, session: Transaction, now: Now, once: Once
) -> schemas.DeliveryRead:
    """Send a message that means nothing; what came of it is in the log within seconds."""

    async def send() -> schemas.DeliveryRead:
        return await reading.read_delivery(session, await service.send_test(session, caller, webhook_id, at=now))

    return await once.run(send)


@router.get("/webhooks/{webhook_id}/deliveries")
async def list_deliveries(
    webhook_id: UUID, wanted: Annotated[schemas.DeliveryFilter, Query()], _: Reader, session: Transaction
) -> Page[schemas.DeliveryRead]:
    """What was sent to a receiver in the last 90 days, the newest first, with every try and the next one."""
    return await reading.read_deliveries(session, webhook_id, wanted)


@router.post("/webhooks/deliveries/{delivery_id}/replay")
async def replay_delivery(delivery_id: UUID, caller: Manager, session: Transaction, now: Now) -> schemas.DeliveryRead:
    """Send a message once more under the same id, or bring forward one that waits."""
    return await reading.read_delivery(session, await service.replay(session, caller, delivery_id, at=now))
