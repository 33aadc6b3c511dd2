"""The ways the room of flexible work says no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class FlexOrderNotFound(NotFound):
    """There is no such order of flexible work, or you may not see it."""


class FlexDaysInvalid(Invalid):
    """These days are not those of one order.

    It would run from {from_date} to {to_date}: the first day comes first, and an order holds at most {days} days."""


class FlexDayOutside(Invalid):
    """The order does not hold that day.

    It runs from {from_date} to {to_date}."""


class FlexDayPassed(Invalid):
    """Days that have passed stay as they were ordered.

    Name {today} or a later day; a single past absence is corrected by itself."""


class FlexTooManySpans(Invalid):
    """The order is too wide.

    It would make more than {limit} absences; give it fewer people or fewer days."""


class FlexPeopleRefused(Invalid):
    """Nobody was written on or taken off the order.

    There are {count} things to correct; see the list of errors."""


class OnlyHeadOrders(Forbidden):
    """The head of the OPD or the personnel office decides on an order of flexible work.

    You may propose one, and correct it until it is decided."""


class FlexOrderReachesFurther(Forbidden):
    """This order holds people of other OPDs as well.

    The personnel office changes it."""


class FlexOrderDecided(Conflict):
    """The order is confirmed or revoked already.

    Its text stays as it was decided; write people on or off it, revoke it, or make a new order."""


class FlexOrderRevoked(Conflict):
    """The order was revoked.

    It no longer holds from {from_date} on; make a new order."""


class FlexOrderNotConfirmed(Conflict):
    """The order is not confirmed yet."""


class FlexOrderHoldsNobody(Conflict):
    """The order holds nobody on any day.

    Write people on it first."""


class FlexOrdersOverlap(Conflict):
    """Other confirmed orders already send these people elsewhere.

    {count} people have another place on the same days; see the list of errors."""
