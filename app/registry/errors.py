"""The ways the registry says no."""

from app.core.errors import Conflict, Invalid, NotFound, TooLarge


class OpdNotFound(NotFound):
    """There is no such OPD, or you may not see it."""


class AsnNotFound(NotFound):
    """There is no such person, or you may not see the record."""


class ImportNotFound(NotFound):
    """There is no such import."""


class OpdExists(Conflict):
    """There is an OPD with this code already.

    Change {opd_code}, or choose another code."""


class AsnExists(Conflict):
    """There is a person with this NIP already.

    Change that record; a NIP belongs to one person."""


class RecordRefused(Invalid):
    """The record does not fit the register.

    There are {count} things to correct; see the list of errors."""


class RecordDoubtful(Invalid):
    """The record looks wrong.

    There are {count} things to check; if it is right all the same, send it with override_reason."""


class FileTooLarge(TooLarge):
    """The file is too large.

    At most {limit} MiB are read, packed or unpacked."""


class FileNotReadable(Invalid):
    """The file cannot be read as a spreadsheet.

    Send CSV or XLSX; save an old XLS as XLSX first."""


class FileNotText(Invalid):
    """The file cannot be read as CSV.

    Near line {line} is something that is no text or an open quotation mark; save it as CSV UTF-8."""


class FileTooSlow(Invalid):
    """The file takes too long to read.

    It was given up after {seconds} seconds; save it anew with the needed columns only."""


class TooManyRows(Invalid):
    """The file has too many rows.

    At most {limit} are read at once; split it."""


class TooManyColumns(Invalid):
    """The file has too many columns.

    At most {limit} are read; line {line} has more."""


class ColumnsMissing(Invalid):
    """The header row lacks columns.

    Missing for kind {kind}: {columns}."""


class ColumnsRepeated(Invalid):
    """A column stands in the header row twice.

    Repeated: {columns}."""


class ImportHasErrors(Conflict):
    """The file has rows that cannot be imported, so nothing was.

    {count} rows have errors; correct them and send the file again."""


class RegistryMoved(Conflict):
    """The register changed since the preview.

    {count} rows would now do something else; send the file again for a new preview."""


class ColumnMappingWrong(Invalid):
    """The headers cannot be read like this.

    Each header of a file of kind {kind} names one of its columns, once; see the list of errors."""
