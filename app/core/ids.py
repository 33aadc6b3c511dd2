"""Identifiers: UUIDv7 sort by the time they were made, so that lists and indexes stay in order."""

from uuid import NAMESPACE_URL, UUID, uuid5

import uuid_utils.compat

_STABLE = uuid5(NAMESPACE_URL, "urn:apel-virtual")


def new_id() -> UUID:
    fresh: UUID = uuid_utils.compat.uuid7()
    return fresh


def stable_id(*parts: object) -> UUID:
    """The same id for the same parts, so that what is recomputed keeps its address."""
    return uuid5(_STABLE, "\x1f".join(str(part) for part in parts))
