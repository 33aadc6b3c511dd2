"""How often what goes wrong, read from the committed files beside."""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

Share = float
"""Between 0 and 1."""


@dataclass(frozen=True)
class People:
    full_name: Share
    first_word: Share
    digits_only: Share
    small_letters: Share
    full_width: Share
    nickname: Share
    wrong_digits: Share
    wrong_code: Share
    more_digits: Share
    no_digits: Share
    bare: Share
    prefixed: Share
    renamed: Share
    by_email: Share
    second_device: Share
    early: Share
    late: Share
    absent: Share


@dataclass(frozen=True)
class Rooms:
    wrong_code: Share
    numbered: Share
    by_account: Share
    second_device: Share
    late: Share
    absent: Share


@dataclass(frozen=True)
class Strangers:
    number: int
    bots: int
    recorders: int


@dataclass(frozen=True)
class Line:
    drop: Share
    back_seconds: int
    same_uuid: Share
    no_uuid: Share
    no_email: Share
    waiting_room: Share
    waiting_seconds: int
    seats: int


@dataclass(frozen=True)
class Runs:
    sound_check: Share
    lone_sound_check: Share
    restart: Share
    late_start: Share
    overrun_seconds: int
    another: Share
    slashes: Share


@dataclass(frozen=True)
class Webhooks:
    first_failed: Share
    second_failed: Share
    lost_joined: Share
    lost_left: Share
    lost_started: Share
    lost_ended: Share
    same_again: Share
    other_again: Share
    slow: Share
    slow_seconds: int
    late_ended_minutes: int
    early_ended: Share
    off_by_one: Share
    id_as_number: Share
    guest_null: Share
    guest_missing: Share
    more_keys: Share


@dataclass(frozen=True)
class Report:
    listed_minutes: int
    not_found_minutes: int
    zero_minutes: int
    mismatch_minutes: int
    growing_minutes: int
    token_minutes: int
    token_broken: Share
    short_page: Share
    reordered: Share
    waiting_rows: bool


@dataclass(frozen=True)
class Api:
    busy: Share
    busy_seconds: int
    failing: Share
    token_lives_minutes: int
    token_revoked: Share


@dataclass(frozen=True)
class Faults:
    first_seed: int
    people: People
    rooms: Rooms
    strangers: Strangers
    line: Line
    runs: Runs
    webhooks: Webhooks
    report: Report
    api: Api


def load_faults(name: str) -> Faults:
    """`worst` or `gentle`; a rate that is missing or unknown is an error."""
    with (Path(__file__).parent / f"{name}.toml").open("rb") as file:
        found: dict[str, Any] = tomllib.load(file)
    sections = {part.name: part.type for part in fields(Faults) if part.name != "first_seed"}
    parts = {key: section(**found.pop(key)) for key, section in sections.items()}  # type: ignore[operator]
    return Faults(**found, **parts)
