"""The commands of an operator, run as they are on a database of their own."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app import cli
from app.core.db import Surroundings, make_sessions
from app.main import create_app
from tests.make import ZONE, Make
from tests.zoom.participants_files import PARTICIPANTS_FILE

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
OPD = "code;name;short_name;type;parent_code;protocol_order;reports\n"
SETDA = "SETDA;Sekretariat Daerah;Setda;setda;;1;yes\n"
PASSWORD = "sandi-pilihan-sendiri-7"


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The one line that says what went wrong."""
        assert self.status == 1
        assert "Traceback" not in self.err
        line = self.err.strip().splitlines()[-1]
        assert line.startswith("apel: ")
        return line


Apel = Callable[..., Done]
Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def apel(own_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Apel:
    """Run `apel …` on this test's database; the answer is what a terminal would show."""
    monkeypatch.setenv("APEL_DATABASE_URL", own_url)
    monkeypatch.setenv("APEL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str, stdin: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["apel", *arguments])
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, said.out, said.err)

    return run


@pytest.fixture
def rows(own_url: str, run: Callable[[Coroutine[Any, Any, Any]], Any]) -> Rows:
    """What a query finds in this test's database."""

    async def fetch(query: str) -> list[tuple[Any, ...]]:
        engine = create_async_engine(own_url)
        try:
            async with make_sessions(engine, Surroundings(ZONE, b""))() as session:
                return [tuple(row) for row in await session.execute(text(query))]
        finally:
            await engine.dispose()

    return lambda query: run(fetch(query))


def test_an_account_is_created_with_a_password_that_is_printed_once(apel: Apel, rows: Rows) -> None:
    done = apel("account", "create", "--username", "admin.satu", "--role", "admin")
    assert done.status == 0
    assert re.search(r"one-time password: \S{12,}\n", done.out)
    assert rows("SELECT username, must_change FROM account") == [("admin.satu", True)]
    assert rows("SELECT action FROM audit_entry") == [("accounts.create",)]


def test_a_password_from_standard_input_is_not_printed(apel: Apel, rows: Rows) -> None:
    done = apel("account", "create", "--username", "admin.satu", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    assert (done.status, "password" in done.out, PASSWORD in done.out + done.err) == (0, False, False)
    assert rows("SELECT must_change FROM account") == [(False,)]


@pytest.mark.parametrize(
    ("arguments", "stdin", "told"),
    [
        pytest.param(["--username", "Admin", "--role", "admin"], "", "username", id="a user name in capitals"),
        pytest.param(["--username", "a.b", "--role", "opd_head"], "", "grants-invalid|OPD", id="a head of nothing"),
        pytest.param(
            ["--username", "a.b", "--role", "opd_head", "--opd", "NOPE"], "", "opd_code", id="an OPD that is not there"
        ),
        pytest.param(
            ["--username", "a.b", "--role", "asn", "--asn", "198501012010011001"], "", "nip", id="a NIP of nobody"
        ),
        pytest.param(["--username", "a.b", "--role", "adapter"], "", "mesin", id="a machine as a person"),
        pytest.param(["--username", "a.b", "--role", "king"], "", "--role", id="a role that does not exist"),
        pytest.param(["--role", "admin"], "", "--username", id="no user name"),
        pytest.param(
            ["--username", "a.b", "--role", "admin", "--password-stdin"], "short\n", "password", id="a weak password"
        ),
        pytest.param(["--username", "a.b", "--role", "admin", "--password-stdin"], "", "kata sandi", id="no password"),
    ],
)
def test_a_wrong_account_is_one_line_and_creates_nothing(
    apel: Apel, rows: Rows, arguments: list[str], stdin: str, told: str
) -> None:
    done = apel("account", "create", *arguments, stdin=stdin)
    assert re.search(told, done.last)
    assert rows("SELECT count(*) FROM account") == [(0,)]


def test_a_reset_gives_another_password_and_an_unknown_account_is_one_line(apel: Apel, rows: Rows) -> None:
    apel("account", "create", "--username", "admin.satu", "--role", "admin")
    before = rows("SELECT password_hash FROM account")
    done = apel("account", "reset", "admin.satu")
    assert re.search(r"one-time password: \S{12,}\n", done.out)
    assert rows("SELECT password_hash FROM account") != before
    assert "account-not-found" in apel("account", "reset", "siapa").last


def test_a_client_is_created_with_its_secret_and_a_second_of_its_name_is_refused(apel: Apel, rows: Rows) -> None:
    done = apel("client", "create", "--name", "layar", "--role", "screen")
    assert re.fullmatch(r"client_id: layar\nclient_secret: \S{40,}\n", done.out)
    assert "client-name-taken" in apel("client", "create", "--name", "layar", "--role", "screen").last
    assert "client-invalid" in apel("client", "create", "--name", "mesin", "--role", "admin").last
    assert rows("SELECT name, role FROM client") == [("layar", "screen")]


def test_a_register_file_is_previewed_then_applied(apel: Apel, rows: Rows, tmp_path: Path) -> None:
    file = tmp_path / "opd.csv"
    file.write_text(OPD + SETDA)
    preview = apel("registry", "import", str(file))
    assert preview.status == 0
    assert "SETDA" in preview.err
    assert "1 baru / new" in preview.out
    assert (rows("SELECT count(*) FROM opd"), rows("SELECT count(*) FROM registry_import")) == ([(0,)], [(0,)])
    applied = apel("registry", "import", str(file), "--apply")
    assert "Diterapkan" in applied.out
    assert rows("SELECT code FROM opd") == [("SETDA",)]
    assert "1 tetap / unchanged" in apel("registry", "import", str(file), "--apply").out


def test_a_link_for_a_civil_servant_is_printed_and_for_nobody_is_one_line(
    apel: Apel, rows: Rows, own_url: str, run: Callable[[Coroutine[Any, Any, Any]], Any]
) -> None:
    engine = create_async_engine(own_url)
    session = make_sessions(engine, Surroundings(ZONE, b""))()
    make = Make(session, run)
    make.opd("DISDIK")
    make.asn("DISDIK", nip="198501012010011001")
    run(session.close())
    run(engine.dispose())
    done = apel("account", "link", "198501012010011001")
    assert (done.status, "http://127.0.0.1:8000/saya#" in done.out) == (0, True)
    assert rows("SELECT action FROM audit_entry") == [("accounts.make-link",)]
    assert "asn-not-found" in apel("account", "link", "1" * 18).last


def test_a_register_file_with_a_wrong_row_changes_nothing_and_names_the_row(
    apel: Apel, rows: Rows, tmp_path: Path
) -> None:
    file = tmp_path / "opd.csv"
    file.write_text(f"{OPD}{SETDA}DISDIK;Dinas Pendidikan;Disdik;dinas;NOPE;2;yes\n")
    done = apel("registry", "import", str(file), "--apply")
    assert "1 baris salah" in done.last
    assert re.search(r"3 .*DISDIK.*salah.*parent_code.*NOPE", done.err)
    assert rows("SELECT count(*) FROM opd") == [(0,)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(None, "No such file", id="no file"),
        pytest.param(b"", "columns-missing", id="an empty file"),
        pytest.param(b"\xd0\xcf\x11\xe0", "file-not-readable", id="an old Excel file"),
        pytest.param(b"a;b\n1;2\n", "columns-missing", id="other columns"),
    ],
)
def test_a_file_that_is_no_register_is_one_line(apel: Apel, tmp_path: Path, content: bytes | None, told: str) -> None:
    file = tmp_path / "x.csv"
    if content is not None:
        file.write_bytes(content)
    assert told in apel("registry", "import", str(file)).last


def test_accounts_from_a_file_are_all_or_none_and_come_with_slips(apel: Apel, rows: Rows, tmp_path: Path) -> None:
    opd, accounts = tmp_path / "opd.csv", tmp_path / "akun.csv"
    opd.write_text(OPD + SETDA)
    apel("registry", "import", str(opd), "--apply")
    good = "username,role,opd_code\nop.setda,opd_operator,SETDA\nop.setda,opd_head,SETDA\nbupati,bupati,\n"
    accounts.write_text(good + "op.x,opd_operator,NOPE\nBESAR,admin,\n")
    wrong = apel("account", "import", str(accounts))
    assert "tidak ada akun yang dibuat" in wrong.last
    assert "line 6, username" in wrong.err
    accounts.write_text(good + "op.x,opd_operator,NOPE\n")
    assert "line 5, opd_code" in apel("account", "import", str(accounts)).err
    assert rows("SELECT count(*) FROM account") == [(0,)]
    accounts.write_text(good)
    done = apel("account", "import", str(accounts))
    assert done.out.count("Kata sandi") == 2
    assert "Operator OPD SETDA, Kepala OPD SETDA" in done.out
    assert rows("SELECT username FROM account ORDER BY 1") == [("bupati",), ("op.setda",)]


def test_stored_events_are_read_once_however_often_the_file_is_given(apel: Apel, rows: Rows, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"event": "meeting.started"}\n\n{"event": "meeting.ended"}\n')
    assert apel("zoom", "replay", str(file)).out.startswith("2 peristiwa baru / new events, 0 ")
    assert apel("zoom", "replay", str(file)).out.startswith("0 peristiwa baru / new events, 2 ")
    assert rows("SELECT count(*) FILTER (WHERE state = 'new'), count(*) FROM zoom_inbox") == [(0, 2)]


def test_a_file_with_a_broken_event_stores_none(apel: Apel, rows: Rows, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"event": "meeting.started"}\n{"event":\n')
    assert "line 2" in apel("zoom", "replay", str(file)).last
    assert rows("SELECT count(*) FROM zoom_inbox") == [(0,)]


def test_what_failed_is_read_again_and_one_source_is_chosen(apel: Apel, rows: Rows, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text('{"event": "meeting.started"}\n{"event": "user.created"}\n')
    apel("zoom", "replay", str(file))
    assert apel("zoom", "replay", "--failed").out.startswith("1 peristiwa dibaca lagi")
    assert rows("SELECT state, attempts FROM zoom_inbox ORDER BY state") == [("failed", 2), ("ignored", 1)]
    assert apel("zoom", "replay", "--set-aside").out.startswith("0 peristiwa dibaca lagi")
    for chosen in ([], [str(file), "--failed"], ["--failed", "--set-aside"]):
        assert "choose one" in apel("zoom", "replay", *chosen).last


def test_one_event_over_several_lines_is_one_event(apel: Apel, rows: Rows, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_text('{\n "event": "meeting.started"\n}\n')
    apel("zoom", "replay", str(file))
    assert rows("SELECT convert_from(body, 'UTF8') FROM zoom_inbox") == [('{\n "event": "meeting.started"\n}',)]


def test_a_participants_file_is_taken_once_and_a_bad_one_changes_nothing(
    apel: Apel, rows: Rows, tmp_path: Path, own_url: str, run: Callable[[Coroutine[Any, Any, Any]], Any]
) -> None:
    engine = create_async_engine(own_url)
    session = make_sessions(engine, Surroundings(ZONE, b""))()
    make = Make(session, run)
    make.opd("DISDIK")
    make.asn("DISDIK", "Siti Aminah", nip="198501012010011001")
    monday = str(make.apel(zoom_meeting_ids=["86084701483"]).id)
    run(session.close())
    run(engine.dispose())
    file = tmp_path / "participants.csv"
    file.write_text(PARTICIPANTS_FILE)
    assert "[zone-unknown]" in apel("zoom", "import-csv", monday, str(file), "--zone", "Mars/Olympus").last
    assert rows("SELECT count(*) FROM occurrence") == [(0,)]
    told = "3 baris / rows; dikenali / recognised: 1 orang / people, 1 ruang / rooms; 0 belum dikenali / unmatched\n"
    assert apel("zoom", "import-csv", monday, str(file)).out == told
    again = apel("zoom", "import-csv", monday, str(file))
    assert again.out == "Sudah tersimpan, tidak ada yang berubah. / Known already, nothing changed.\n" + told
    assert rows("SELECT source, rows FROM participant_list") == [("csv", 3)]


def test_a_past_apel_is_made_anew_and_what_no_fact_explains_is_named(
    apel: Apel, rows: Rows, own_url: str, run: Callable[[Coroutine[Any, Any, Any]], Any]
) -> None:
    engine = create_async_engine(own_url)
    session = make_sessions(engine, Surroundings(ZONE, b""))()
    make = Make(session, run)
    make.opd("DISDIK")
    make.asn("DISDIK")
    past = str(make.apel(datetime(2021, 3, 1, tzinfo=UTC)).id)
    same = apel("scores", "rebuild", past, "--check")
    assert (same.status, same.out) == (0, "4 baris sama persis. / rows, identical.\n")
    run(session.execute(text("UPDATE mark SET status = 'TK'")))
    run(session.commit())
    run(session.close())
    run(engine.dispose())
    assert apel("scores", "rebuild", past, "--check").last == "apel: 1 baris berbeda / rows differ"
    assert rows("SELECT status FROM mark") == [("TK",)]
    mended = apel("scores", "rebuild", past)
    assert re.fullmatch("changed: mark [-0-9a-f]{36}\n1 baris diperbarui / rows replaced\n", mended.out)
    assert rows("SELECT status FROM mark") == [("BL",)]
    assert "[apel-not-found]" in apel("scores", "rebuild", "0" * 32).last


def test_summaries_are_made_anew_from_the_facts_that_they_rest_on(
    apel: Apel, rows: Rows, own_url: str, run: Callable[[Coroutine[Any, Any, Any]], Any]
) -> None:
    engine = create_async_engine(own_url)
    session = make_sessions(engine, Surroundings(ZONE, b""))()
    Make(session, run).opd("DINKES")
    message = "VALUES ('DINKES', 'KTP', '2026-11-23', 'A1', :at, :at, :id)"
    names = "(opd_code, service_code, day, ticket, arrived_at, sent_at, sent_by)"
    told = {"at": datetime(2026, 11, 23, 1, tzinfo=UTC), "id": UUID(int=1)}
    run(session.execute(text(f"INSERT INTO counter_message {names} {message}"), told))
    run(session.commit())
    run(session.close())
    run(engine.dispose())
    assert apel("rebuild", "tickets", "DINKES").out == "1 tiket disusun lagi. / tickets made anew.\n"
    assert rows("SELECT opd_code, ticket FROM counter_ticket") == [("DINKES", "A1")]
    assert "[opd-not-found]" in apel("rebuild", "tickets", "TIDAKADA").last
    behaviour = apel("rebuild", "behaviour").out
    assert behaviour == "0 orang dan periode disusun lagi. / people and periods made anew.\n"


def test_the_doctor_finds_a_sound_place_sound_and_names_what_is_wrong(
    apel: Apel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sound = apel("doctor")
    assert sound.status == 0
    assert "none yet" in sound.out
    assert re.search("! .*API Zoom.*not connected", sound.out)
    assert "✗" not in sound.out
    (tmp_path / "keys" / "signing.pem").chmod(0o644)
    monkeypatch.setenv("APEL_PUBLIC_URL", "http://apel.mamujukab.go.id")
    monkeypatch.setenv("APEL_TIMEZON", "Asia/Jakarta")
    for name in ("ACCOUNT_ID", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"APEL_ZOOM_{name}", "sixteen letters and more")
    monkeypatch.setenv("APEL_ZOOM_TOKEN_URL", "http://127.0.0.1:1/oauth/token")
    ill = apel("doctor")
    assert ill.last.startswith("apel: 2 hal harus diperbaiki")
    assert re.search(r"✗ .*signing.pem.*\(644\)", ill.out)
    assert re.search(r"✗ .*bukan https", ill.out)
    assert re.search(r"! .*APEL_TIMEZON", ill.out)
    assert re.search(r"! .*zoom-unavailable", ill.out)


def test_the_openapi_document_is_the_served_one_and_needs_no_database(
    apel: Apel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APEL_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:1/nowhere")
    assert json.loads(apel("openapi").out) == json.loads(json.dumps(create_app().openapi()))


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("APEL_DATABASE_URL", "postgresql+asyncpg://nobody@127.0.0.1:1/nowhere", "database unusable"),
        ("APEL_DATABASE_URL", "sqlite:///x", "APEL_DATABASE_URL: must start with"),
        ("APEL_TIMEZONE", "Mars/Olympus", "APEL_TIMEZONE: not a time zone"),
        ("APEL_AUDIT_KEY", "short", "APEL_AUDIT_KEY: shorter than 16 characters"),
        ("APEL_AUDIT_KEY_FILE", "/nowhere", "APEL_AUDIT_KEY_FILE: No such file"),
    ],
)
def test_a_place_that_cannot_be_worked_in_is_one_line(
    apel: Apel, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    assert told in apel("account", "create", "--username", "admin.satu", "--role", "admin").last


def test_the_command_works_as_a_module_and_every_help_is_bilingual() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    for command in ("serve", "work", "migrate", "account", "client", "registry", "zoom", "doctor", "openapi"):
        assert re.search(rf"{command} .* / ", done.stdout), command
