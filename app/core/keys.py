"""Key material that a place keeps for itself: made once, readable by the service alone, the same for every worker."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from app.core.settings import Settings


def read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a key file, made on first use; whoever comes second gets what the first one made."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link appears whole and never replaces: of two workers that start at once, one wins and both read it.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


def load_audit_key(settings: Settings) -> bytes:
    """The key under which the audit record names subjects; losing it makes their entries unfindable.

    It also seals what must be kept to be used again, such as secrets of webhooks.
    """
    if settings.audit_key is not None:
        return settings.audit_key.get_secret_value().encode()
    return read_or_make(settings.data_dir / "keys" / "audit.key", lambda: secrets.token_hex(32).encode())
