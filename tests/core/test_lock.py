"""What is installed is what was judged safe, for every platform, and from wherever its hash matches."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
FLOORS = {
    "starlette": (1, 3, 1),
    "python-multipart": (0, 0, 31),
    "h11": (0, 16),
    "httptools": (0, 8),
    "pyasn1": (0, 6, 2),
}
"""Releases below these have known holes in what strangers can reach."""


def _pins(name: str) -> dict[str, list[tuple[int, ...]]]:
    """Every locked version of each package; there are several where platforms differ."""
    found: dict[str, list[tuple[int, ...]]] = {}
    for package, version in re.findall(r"^([a-z0-9._-]+)==([0-9.]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE):
        found.setdefault(package, []).append(tuple(int(part) for part in version.split(".") if part))
    return found


@pytest.mark.parametrize("lock", LOCKS)
@pytest.mark.parametrize("package", FLOORS)
def test_no_locked_version_is_below_its_floor(lock: str, package: str) -> None:
    assert _pins(lock)[package]
    assert min(_pins(lock)[package]) >= FLOORS[package]


@pytest.mark.parametrize("package", FLOORS)
def test_the_floors_are_written_where_the_lock_is_made_from(package: str) -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert f"{package}>={'.'.join(map(str, FLOORS[package]))}" in wanted


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_hashes_and_none_an_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "--index-url" not in text
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_tests_run_on_what_is_served() -> None:
    served, tested = (_pins(lock) for lock in LOCKS)
    assert {package: tested.get(package) for package in served} == served


def test_every_dependency_is_locked() -> None:
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[>=; ]", one)[0] for one in wanted}
    assert names - _pins("requirements.lock").keys() == set()
