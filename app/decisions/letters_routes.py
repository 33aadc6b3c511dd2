"""Drafts of a case's letters as DOCX, and what the certificate of a reward says."""

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from app.core.principal import Principal, Role
from app.core.settings import Settings
from app.decisions.certificates import read_certificate
from app.decisions.letters import Letter, Letterhead, LetterKind
from app.decisions.letters_loading import load_facts
from app.decisions.letters_of_case import write_letter
from app.decisions.queries import READERS
from app.decisions.reward_schemas import CertificateRead
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1", "Keputusan")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Drafter = Annotated[Principal, Depends(Requires(Role.ADMIN, Role.BUPATI, Role.INSPECTOR, Role.OPD_HEAD))]
Reader = Annotated[Principal, Depends(Requires(*READERS))]


async def read_head(request: Request) -> Letterhead:
    settings: Settings = request.app.state.settings
    return Letterhead(settings.instansi_name, settings.sample)


Head = Annotated[Letterhead, Depends(read_head)]


@router.get("/cases/{case_id}/letters/{kind}", response_class=Response, responses={200: {"content": {DOCX: {}}}})
async def draft_letter(
    case_id: UUID, kind: LetterKind, caller: Drafter, session: Transaction, now: Now, head: Head
) -> Response:
    """A draft of a summons, the minutes, the report or the decision, for the official to check, number and sign."""
    facts = await load_facts(session, caller, case_id, kind, head, at=now)
    content = await asyncio.to_thread(_render, write_letter(kind, facts), now)
    name = f"DRAF-{kind}-{case_id}.docx"
    return Response(content, media_type=DOCX, headers={"content-disposition": f'attachment; filename="{name}"'})


def _render(letter: Letter, at: datetime) -> bytes:
    # Imported here: it takes a third of a second, which every start would wait for.
    from app.decisions.letters_docx import render  # noqa: PLC0415

    return render(letter, at=at)


@router.get("/decisions/{decision_id}/certificate")
async def show_certificate(
    decision_id: UUID, caller: Reader, session: Transaction, now: Now, head: Head
) -> CertificateRead:
    """What the certificate of a reward that was granted says; the office prints it in its own design."""
    return await read_certificate(session, caller, decision_id, head, at=now)
