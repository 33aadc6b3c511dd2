"""The ways policies say no."""

from app.core.errors import Conflict, Forbidden, Invalid, NotFound


class PolicyNotFound(NotFound):
    """There is no such policy."""


class PolicyVersionTaken(Conflict):
    """This version of the policy says something else already.

    Version {version} of {code} cannot change; take the next number."""


class ActivationNeedsAnother(Forbidden):
    """A policy is put in force by somebody else than its author.

    Ask another admin to check it and put it in force."""


class PolicyTouchesFinal(Conflict):
    """This policy would touch what is settled.

    A frozen TPP sheet or a standing decision rests on earlier days; it can begin on {earliest} at the earliest."""


class PolicyInForce(Conflict):
    """This policy is in force already.

    Only what is not in force yet is tried."""


class PolicyFileWrong(Invalid):
    """The policy file cannot be accepted.

    There are {count} things to correct; see the list of errors with their lines."""
