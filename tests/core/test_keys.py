import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pydantic import SecretStr

from app.core.keys import load_audit_key, read_or_make
from app.core.settings import Settings


def test_the_audit_key_is_made_once_and_readable_by_its_owner_alone(settings: Settings) -> None:
    made = load_audit_key(settings)
    path = settings.data_dir / "keys" / "audit.key"
    assert len(made) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_audit_key(settings) == made
    assert load_audit_key(Settings(data_dir=settings.data_dir / "elsewhere")) != made


def test_a_configured_audit_key_is_used_and_nothing_is_made(settings: Settings) -> None:
    given = settings.model_copy(update={"audit_key": SecretStr("from the safe of the regency")})
    assert load_audit_key(given) == b"from the safe of the regency"
    assert not (settings.data_dir / "keys").exists()


def test_of_many_who_come_at_once_one_makes_and_all_read_the_same(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "one.key"
    numbers = iter(range(100))
    with ThreadPoolExecutor(8) as threads:
        read = set(threads.map(lambda _: read_or_make(file, lambda: b"%d" % next(numbers)), range(32)))
    assert len(read) == 1
    assert [entry.name for entry in file.parent.iterdir()] == ["one.key"]
