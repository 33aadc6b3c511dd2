"""Policies over HTTP: which rules there are, and a draft of the next. What puts one in force is `app.enactment`."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Depends, File, Query, Response, UploadFile

from app.core.paging import MAX_LIMIT, Page
from app.core.principal import HUMAN_ROLES, Principal, Role
from app.policies import queries, service
from app.policies.checking import check_policy
from app.policies.reading import write_policy
from app.policies.schemas import PolicyDocument, PolicyRead
from app.web.deps import Now, Requires, Speech, Transaction
from app.web.idempotency import Once
from app.web.routing import room_router

router = room_router("/v1/policies", "policies")
Reader = Annotated[Principal, Depends(Requires(*HUMAN_ROLES, Role.READER, Role.ASN))]
Author = Annotated[Principal, Depends(Requires(Role.ADMIN))]


@router.get("")
async def list_policies(
    caller: Reader,
    session: Transaction,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
) -> Page[PolicyRead]:
    """All versions of the rules, the latest beginning first: each with its legal basis, and whether it is verified."""
    await service.ship(session)
    return await queries.list_policies(session, cursor, limit)


@router.get("/{policy_id}")
async def read_policy(policy_id: UUID, caller: Reader, session: Transaction) -> PolicyRead:
    """One version of the rules, whole."""
    return await queries.read_policy(session, policy_id)


@router.post("", status_code=201, responses={200: {"model": PolicyRead, "description": "The same draft, kept before"}})
async def draft_policy(
    body: PolicyDocument, caller: Author, session: Transaction, now: Now, once: Once, response: Response
) -> PolicyRead:
    """Write the next version of the rules; it judges nobody until another admin puts it in force."""

    async def create() -> PolicyRead:
        policy_id, created = await service.draft_policy(session, caller, body, at=now)
        response.status_code = 201 if created else 200
        return await queries.read_policy(session, policy_id)

    return await once.run(create)


@router.post(
    "/file", status_code=201, responses={200: {"model": PolicyRead, "description": "The same draft, kept before"}}
)
async def draft_policy_file(
    file: Annotated[UploadFile, File()],
    caller: Author,
    session: Transaction,
    now: Now,
    language: Speech,
    once: Once,
    response: Response,
) -> PolicyRead:
    """Write the next version of the rules as a YAML file; all that is wrong with it is told with line and column."""
    checked = await asyncio.to_thread(check_policy, await file.read())

    async def create() -> PolicyRead:
        policy_id, created = await service.draft_policy_file(session, caller, checked, language, at=now)
        response.status_code = 201 if created else 200
        return await queries.read_policy(session, policy_id)

    return await once.run(create)


@router.get("/{policy_id}/file", response_class=Response, responses={200: {"content": {"application/yaml": {}}}})
async def read_policy_file(policy_id: UUID, caller: Reader, session: Transaction) -> Response:
    """One version of the rules as a YAML file, to be kept, compared or taken as the start of the next."""
    policy = await queries.get_policy(session, policy_id)
    name = f"{policy.code}-{policy.version}.yaml"
    return Response(
        write_policy(policy),
        media_type="application/yaml",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )
