"""Correcting the calendar: the one act on a day that must name the roll-calls in its way.

The calendar knows nothing of them, so the route that joins both lives with the room above.
"""

from typing import Annotated

from fastapi import Depends, Response, status

from app.apel import collisions
from app.apel.collisions import CollidingApel
from app.calendar import service
from app.calendar.schemas import CalendarDayRead, CalendarDayWrite
from app.core.fields import Day
from app.core.principal import Principal, Role
from app.web.conditional import ETag, IfMatch
from app.web.deps import Now, Requires, Transaction
from app.web.routing import room_router

router = room_router("/v1/calendar", "Kalender")
Admin = Annotated[Principal, Depends(Requires(Role.ADMIN))]


class CorrectedDayRead(CalendarDayRead):
    colliding_apel: list[CollidingApel]
    """Roll-calls on this day, now that it is off; they stand until somebody cancels them."""


@router.put("/{day}", responses={status.HTTP_201_CREATED: {"model": CorrectedDayRead}})
async def correct_day(
    day: Day,
    body: CalendarDayWrite,
    caller: Admin,
    session: Transaction,
    now: Now,
    expected: IfMatch,
    etag: ETag,
    response: Response,
) -> CorrectedDayRead:
    """Mark a day, or change its mark (If-Match); `working` takes a mark back. Nothing is cancelled."""
    row, created = await service.set_day(session, caller, day, body, expected=expected, at=now)
    etag.set(row.version)
    if created:
        response.status_code = status.HTTP_201_CREATED
    found = await collisions.list_colliding(session, row)
    return CorrectedDayRead(**CalendarDayRead.model_validate(row).model_dump(), colliding_apel=found)
