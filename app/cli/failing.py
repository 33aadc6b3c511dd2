"""How a command fails: one clear line, nothing changed."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from app.core.embedded import EmbeddedError
from app.core.errors import FieldError, Refusal
from app.core.settings import SettingsError
from app.core.texts import text
from app.demo.ground import GroundRefused
from app.schema import SchemaRefused
from app.web.problems import words_of


class CommandFailed(Exception):
    """The one line that the operator reads."""


@contextmanager
def one_clear_line() -> Generator[None]:
    """Turn what can go wrong for reasons outside the program into CommandFailed; a bug keeps its traceback."""
    try:
        yield
    except (SettingsError, EmbeddedError, SchemaRefused, GroundRefused) as error:
        raise CommandFailed(str(error)) from None
    except Refusal as error:
        raise CommandFailed(_told(error)) from None
    except (OSError, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CommandFailed(f"Basis data tidak dapat dipakai / database unusable: {reason}") from None


def _told(refusal: Refusal) -> str:
    """A refusal in one line: what is refused, and the first places that are wrong."""
    title, detail = words_of(refusal, "id")
    wrong = "; ".join(f"{error.pointer.rpartition('/')[2]}: {say_wrong(error)}" for error in refusal.errors[:3])
    said = " ".join(filter(None, (title, "" if detail == title else detail, wrong)))
    return f"{said} [{refusal.code}]"


def say_wrong(error: FieldError) -> str:
    """What is wrong with one place, for people."""
    return text("id", "validation", error.code, **(error.facts or {}))
