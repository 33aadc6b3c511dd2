"""Who may punish whom, by the shipped table of authority."""

from uuid import UUID

import pytest

from app.decisions.competence import Competent, Official, acting_superior, find_competent
from app.policies.rules_of_workdays import Severity
from tests.decisions.make import procedure

R, S, B = Severity.RINGAN, Severity.SEDANG, Severity.BERAT
KASI = Official(UUID(int=1), "Kasi", "Kepala Seksi", "pengawas")
KABID = Official(UUID(int=2), "Kabid", "Kepala Bidang", "administrator")
KADIS = Official(UUID(int=3), "Kadis", "Kepala Dinas", "jpt_pratama")
SEKDA = Official(UUID(int=4), "Sekda", "Sekretaris Daerah", "jpt_pratama")
LINE = [KASI, KABID, KADIS, SEKDA]


def who(level: str, line: list[Official], severity: Severity, recused: frozenset[UUID] = frozenset()) -> Competent:
    return find_competent(level, line, severity, procedure().competence, recused)


@pytest.mark.parametrize(
    ("level", "line", "severity", "official"),
    [
        pytest.param("pelaksana", LINE, R, KASI, id="an executing officer's reprimand is his section head's"),
        pytest.param("pelaksana", LINE, S, KABID, id="a medium one belongs to the administrator two steps above"),
        pytest.param("pelaksana", LINE, B, None, id="a severe one to the PPK"),
        pytest.param("pengawas", LINE[1:], R, KABID, id="a section head's reprimand is the administrator's"),
        pytest.param("pengawas", LINE[1:], S, KADIS, id="and the medium one the head's of the OPD"),
        pytest.param("administrator", LINE[2:], R, KADIS, id="an administrator's reprimand is the head's"),
        pytest.param("administrator", LINE[2:], S, SEKDA, id="two steps above him stands the secretary"),
        pytest.param("jf_ahli_muda", LINE[1:], S, KABID, id="a functional officer's medium one is the administrator's"),
        pytest.param("jpt_pratama", [SEKDA], R, None, id="a head of an OPD is the PPK's alone, even for a reprimand"),
        pytest.param("jf_ahli_utama", [KADIS], R, None, id="so is the highest functional officer"),
    ],
)
def test_the_lowest_competent_official_decides(
    level: str, line: list[Official], severity: Severity, official: Official | None
) -> None:
    found = who(level, line, severity)
    assert found.official == official
    assert found.authority == (official.level if official else "ppk")
    assert found.article is not None
    assert found.notes == ()


def test_a_vacant_post_or_an_involved_official_leaves_it_to_the_next_higher_one() -> None:
    vacant = Official(KASI.asn_id, "Kasi", "–", "pengawas", serves=False)
    assert who("pelaksana", [vacant, KABID], R).notes == ("vacant",)
    assert who("pelaksana", [vacant, KABID], R).official == KABID
    involved = who("pelaksana", LINE, R, frozenset({KASI.asn_id}))
    assert (involved.official, involved.notes) == (KABID, ("involved",))
    both = who("pelaksana", LINE, R, frozenset({KASI.asn_id, KABID.asn_id}))
    assert both.official == KADIS
    nobody = who("pelaksana", LINE, R, frozenset(one.asn_id for one in LINE))
    assert (nobody.authority, nobody.official) == ("ppk", None)


def test_an_unknown_line_or_level_is_said_and_not_guessed() -> None:
    assert who("pelaksana", [], S).notes == ("line-unknown",)
    unknown = find_competent(None, LINE, B, procedure().competence)
    assert (unknown.authority, unknown.article, unknown.notes) == ("ppk", None, ("no-row",))


def test_the_direct_superior_summons_unless_he_is_involved() -> None:
    assert acting_superior(LINE) == KASI
    assert acting_superior(LINE, {KASI.asn_id}) == KABID
    assert acting_superior([]) is None
