"""How a command fails: one clear line, nothing changed."""

from collections.abc import Generator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.core.embedded import EmbeddedError
from app.core.errors import Refusal
from app.core.settings import SettingsError
from app.schema import SchemaRefused
from app.web.problems import words_of


class CommandFailed(Exception):
    """The one line that the operator reads."""


@contextmanager
def one_clear_line() -> Generator[None]:
    """Turn what can go wrong for reasons outside the program into CommandFailed; a bug keeps its traceback."""
    try:
        yield
    except (SettingsError, EmbeddedError, SchemaRefused) as error:
        raise CommandFailed(str(error)) from None
    except Refusal as error:
        _, detail = words_of(error, "id")
        raise CommandFailed(f"{detail} [{error.code}]") from None
    except (OSError, DBAPIError, SQLAlchemyError) as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise CommandFailed(f"Basis data tidak dapat dipakai / database unusable: {reason}") from None
