"""Assessments over HTTP: who may speak of whom, what counts, and what is told of it."""

from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.audit.models import AuditEntry
from app.audit.service import subject_of
from app.behaviour.berakhlak import NAMES
from app.behaviour.models import Assessment, Standing
from app.core.principal import Grant, Principal, Role
from app.registry.models import Asn
from tests.behaviour.words import all_of, put_in_force, weighing
from tests.client import Api
from tests.conftest import SURROUNDINGS
from tests.make import MONDAY, Make

Run = Callable[[Coroutine[Any, Any, Any]], Any]
SOURCE = {
    "base": "Nilai penuh satu panduan perilaku, dirata-ratakan",
    "source": "SE MenPANRB 20/2021 (BerAKHLAK); PermenPANRB 6/2022; PP 11/2017 Ps 203",
    "verified": False,
}


class Office:
    """DISDIK: Hasan heads it, Siti is Budi's superior, Citra is their colleague."""

    def __init__(self, api: Api, make: Make) -> None:
        self.api, self.make = api, make
        make.opd("DISDIK")
        make.opd("PUPR")
        self.hasan = make.asn("DISDIK", "Hasan Basri")
        make.head("DISDIK", self.hasan)
        self.siti = make.asn("DISDIK", "Siti Aminah", superior_id=self.hasan.id)
        self.budi = make.asn("DISDIK", "Budi Santoso", superior_id=self.siti.id)
        self.citra = make.asn("DISDIK", "Citra Dewi", superior_id=self.siti.id)
        self.dodi = make.asn("PUPR", "Dodi")

    def himself(self, person: Asn) -> Api:
        return self.api.by(Principal(person.id, "asn", (Grant(Role.ASN, None, frozenset()),), person.id))

    def path(self, person: Asn | None = None, period: str = "2026-11") -> str:
        return f"/v1/behaviour/asn/{(person or self.budi).id}/assessments/{period}"

    def peer(self, person: Asn, about: Asn, ratings: dict[str, str], period: str = "2026-11") -> Any:
        body = {"asn_id": str(about.id), "period": period, "ratings": ratings}
        return self.himself(person).post("/v1/behaviour/peer-ratings", body)

    def read(self, caller: Api, person: Asn | None = None, query: str = "?period=2026-11") -> Any:
        return caller.get(f"/v1/behaviour/asn/{(person or self.budi).id}{query}")


@pytest.fixture
def office(api: Api, make: Make) -> Office:
    return Office(api, make)


def entries(session: AsyncSession, run: Run) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.action.like("behaviour.%")).order_by(AuditEntry.id)
    return list(run(session.scalars(query)))


def test_values_and_guides_are_told_with_their_source(api: Api) -> None:
    body = api.as_(Role.READER).get("/v1/behaviour/values").json()
    assert (body["source"], body["verified"]) == ("SE MenPANRB 20/2021 (BerAKHLAK)", False)
    assert [value["code"] for value in body["items"]] == list(NAMES)
    assert body["items"][4] == {
        "code": "loyal",
        "name": "Loyal",
        "guides": [
            {
                "code": "loyal.a",
                "words": "Memegang teguh ideologi Pancasila, UUD NRI Tahun 1945, "
                "setia kepada NKRI serta pemerintahan yang sah",
            },
            {"code": "loyal.b", "words": "Menjaga nama baik sesama ASN, Pimpinan, Instansi, dan Negara"},
            {"code": "loyal.c", "words": "Menjaga rahasia jabatan dan negara"},
        ],
    }


def test_the_direct_superior_speaks_and_the_person_reads_it(office: Office) -> None:
    said = office.himself(office.siti).put(
        office.path(), {"ratings": {"loyal.a": "above", "loyal.b": "meets"}, "note": "Tekun."}
    )
    assert (said.status_code, said.headers["etag"]) == (201, '"1"')
    assessment = {
        "id": said.json()["id"],
        "asn_id": str(office.budi.id),
        "period": "2026-11",
        "rater": "superior",
        "version": 1,
        "latest": True,
        "before": None,
        "ratings": {"loyal.a": "above", "loyal.b": "meets"},
        "note": "Tekun.",
        "by": "Siti Aminah",
        "at": "2026-11-22T23:30:00Z",
    }
    assert said.json() == assessment
    evidence = [{"kind": "assessment", "id": assessment["id"], "href": f"/v1/behaviour/assessments/{assessment['id']}"}]
    policy = "apel-dasar@1"
    assert office.read(office.himself(office.budi)).json() == {
        "asn_id": str(office.budi.id),
        "name": "Budi Santoso",
        "nip_masked": "*" * 14 + office.budi.nip[-4:],
        "opd_code": "DISDIK",
        "period": "2026-11",
        "policy": policy,
        "points": 90.0,
        "no_points": None,
        "proposal": "meets",
        "raters": [
            {"rater": "superior", "points": 90.0, "weight": 100, "values": [{"value": "loyal", "points": 90.0}]}
        ],
        "superior": assessment,
        "self_assessment": None,
        "lines": [
            {
                "rule": "behaviour.value",
                "policy": policy,
                "text": "Atasan tentang Loyal: 90 dari 100, dari 2 panduan (1 di atas, 1 sesuai, 0 di bawah "
                "ekspektasi).",
                "facts": {"rater": "superior", "value": "loyal", "name": "Loyal", "points": 90.0, "guides": 2}
                | {"below": 0, "meets": 1, "above": 1}
                | SOURCE,
                "evidence": evidence,
            },
            {
                "rule": "behaviour.rater",
                "policy": policy,
                "text": "Atasan: rata-rata 1 nilai 90 dari 100, bobot 100 dari 100.",
                "facts": {"rater": "superior", "points": 90.0, "values": 1, "weight": 100, "of": 100} | SOURCE,
                "evidence": evidence,
            },
            {
                "rule": "behaviour.points",
                "policy": policy,
                "text": "Seluruhnya 90 dari 100; diusulkan sesuai ekspektasi. Yang memutuskan adalah pejabat penilai.",
                "facts": {"points": 90.0, "proposal": "meets"} | SOURCE,
                "evidence": evidence,
            },
        ],
    }
    assert office.himself(office.budi).get(evidence[0]["href"]).json() == assessment


@pytest.mark.parametrize("role", [Role.OPD_HEAD, Role.ADMIN])
def test_the_head_or_the_personnel_office_may_speak_for_the_superior(office: Office, role: Role) -> None:
    said = office.api.as_(role, "DISDIK").put(office.path(), {"ratings": {"loyal.a": "meets"}})
    assert (said.status_code, said.json()["by"]) == (201, f"uji-{role}")


def test_a_word_that_holds_is_not_kept_twice_and_another_one_names_the_version(
    office: Office, session: AsyncSession, run: Run
) -> None:
    siti, path = office.himself(office.siti), office.path()
    first = siti.put(path, {"ratings": {"loyal.a": "meets"}}).json()
    assert siti.put(path, {"ratings": {"loyal.a": "meets"}}).status_code == 200
    other = {"ratings": {"loyal.a": "above"}}
    assert siti.put(path, other).status_code == 428
    assert siti.put(path, other, headers={"if-match": '"2"'}).status_code == 412
    head = office.api.as_(Role.OPD_HEAD, "DISDIK")
    second = head.put(path, other, headers={"if-match": '"1"'})
    assert (second.status_code, second.headers["etag"]) == (200, '"2"')
    assert (second.json()["before"], second.json()["by"]) == (first["id"], "uji-opd_head")
    assert siti.get(f"/v1/behaviour/assessments/{first['id']}").json() == first | {"latest": False}
    assert office.read(siti).json()["points"] == 100.0
    kept = run(session.scalars(select(Assessment.version).order_by(Assessment.version)))
    assert list(kept) == [1, 2]


def test_nobody_speaks_as_the_superior_who_is_none(office: Office) -> None:
    body = {"ratings": {"loyal.a": "above"}}
    strangers = [
        office.himself(office.citra),
        office.himself(office.dodi),
        office.himself(office.hasan),
        office.api.as_(Role.OPD_HEAD, "PUPR"),
    ]
    for caller in strangers:
        assert caller.put(office.path(), body).json()["code"] == "asn-not-found"
    for role in (Role.OPD_OPERATOR, Role.BUPATI, Role.INSPECTOR, Role.KOMINFO):
        assert office.api.as_(role, "DISDIK").put(office.path(), body).status_code == 403


def test_nobody_is_the_superior_of_themselves(office: Office) -> None:
    body = {"ratings": {"loyal.a": "above"}}
    grants = (Grant(Role.ADMIN), Grant(Role.ASN, None, frozenset()))
    admin = office.api.by(Principal(uuid4(), "bkpsdm", grants, office.budi.id))
    account_of_the_unit = office.api.as_(Role.OPD_HEAD, "DISDIK")
    for caller, person in (
        (admin, office.budi),
        (office.himself(office.budi), office.budi),
        (account_of_the_unit, office.hasan),
    ):
        refused = caller.put(office.path(person), body)
        assert (refused.status_code, refused.json()["code"]) == (403, "oneself-not-assessed")
    above = office.api.as_(Role.OPD_HEAD, "SETDA", reach=frozenset({"SETDA", "DISDIK"}))
    assert above.put(office.path(office.hasan), body).status_code == 201


def test_a_period_that_has_not_begun_is_not_assessed(office: Office) -> None:
    admin = office.api.as_(Role.ADMIN)
    refused = admin.put(office.path(period="2026-12"), {"ratings": {"loyal.a": "meets"}})
    assert (refused.status_code, refused.json()["code"]) == (409, "behaviour-period-not-begun")
    for period in ("2026-Q4", "2026", "2025-01"):
        assert admin.put(office.path(period=period), {"ratings": {"loyal.a": "meets"}}).status_code == 201


def test_the_superior_of_the_period_s_last_day_speaks_of_it(office: Office, make: Make) -> None:
    moved = make.asn("PUPR", "Eka", superior_id=office.siti.id, to_date=date(2026, 10, 31))
    siti, head = office.himself(office.siti), office.api.as_(Role.OPD_HEAD, "PUPR")
    assert siti.put(office.path(moved, "2026-10"), {"ratings": {"loyal.a": "meets"}}).status_code == 201
    assert siti.put(office.path(moved, "2026-11"), {"ratings": {"loyal.a": "meets"}}).status_code == 404
    assert office.read(head, moved, "?period=2026-10").json()["points"] == 80.0
    assert office.read(head, moved, "?period=2026-11").status_code == 404


def test_oneself_is_heard_only_where_the_policy_asks(office: Office) -> None:
    budi, path = office.himself(office.budi), "/v1/behaviour/me/assessments/2026-11"
    body = {"ratings": all_of("above")}
    refused = budi.put(path, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "rater-not-asked")
    put_in_force(office.api, **weighing(80, 0, 20))
    said = budi.put(path, body)
    assert (said.status_code, said.json()["rater"], said.json()["by"]) == (201, "self", "Budi Santoso")
    assert budi.put(path, body).status_code == 200
    assert budi.put(path, {"ratings": all_of("meets")}).status_code == 428
    alone = office.read(budi).json()
    assert (alone["points"], alone["no_points"], alone["proposal"]) == (None, "no-superior", None)
    assert alone["self_assessment"] == said.json()
    assert alone["lines"][-1]["text"] == "Diri sendiri: rata-rata 7 nilai 100 dari 100, bobot 20 dari 20."
    office.himself(office.siti).put(office.path(), {"ratings": all_of("meets")})
    assert office.read(budi).json()["points"] == 84.0


# Peers


def test_peers_are_told_as_an_average_and_only_from_enough_of_them_on(office: Office, make: Make) -> None:
    put_in_force(office.api, **weighing(60, 40, 0))
    office.himself(office.siti).put(office.path(), {"ratings": all_of("meets")})
    peers = [make.asn("DISDIK", f"Rekan {n}") for n in range(3)]
    before = office.read(office.himself(office.budi)).json()
    answers = []
    for peer, word in zip(peers, ("below", "above", "above"), strict=True):
        answers.append(office.peer(peer, office.budi, all_of(word)).json())
        if peer is not peers[-1]:
            assert office.read(office.himself(office.budi)).json() == before, "nothing tells that somebody spoke"
    assert answers[0] == {"asn_id": str(office.budi.id), "period": "2026-11", "ratings": all_of("below")}
    told = office.read(office.himself(office.budi)).json()
    assert told["points"] == 80.0
    assert told["raters"][1] == {
        "rater": "peer",
        "points": 80.0,
        "weight": 40,
        "values": [{"value": value, "points": 80.0} for value in NAMES],
    }
    lines = [line for line in told["lines"] if line["facts"].get("rater") == "peer"]
    assert len(lines) == 8
    assert all(line["evidence"] == [] for line in lines)
    assert (
        lines[0]["facts"]
        == {"rater": "peer", "value": "berorientasi_pelayanan"}
        | {
            "name": "Berorientasi Pelayanan",
            "points": 80.0,
        }
        | SOURCE
    )


def test_one_peer_counts_once_and_may_correct(office: Office, make: Make) -> None:
    put_in_force(office.api, **weighing(50, 50, 0))
    office.himself(office.siti).put(office.path(), {"ratings": all_of("meets")})
    peers = [office.citra, *(make.asn("DISDIK", f"Rekan {n}") for n in range(2))]
    for _ in range(3):
        office.peer(peers[0], office.budi, all_of("below"))
    office.peer(peers[1], office.budi, all_of("above"))
    assert office.read(office.api.as_(Role.ADMIN)).json()["points"] == 80.0, "two peers are no three"
    office.peer(peers[2], office.budi, all_of("above"))
    assert office.read(office.api.as_(Role.ADMIN)).json()["points"] == 80.0
    office.peer(peers[0], office.budi, all_of("above"))
    assert office.read(office.api.as_(Role.ADMIN)).json()["points"] == 90.0


def test_nothing_that_is_kept_leads_from_a_peer_s_word_to_the_peer(
    office: Office, session: AsyncSession, run: Run
) -> None:
    put_in_force(office.api, **weighing(50, 50, 0))
    assert office.peer(office.citra, office.budi, all_of("below")).status_code == 200
    [entry] = entries(session, run)
    assert (entry.action, entry.target, entry.subjects, entry.detail) == ("behaviour.rate_peer", None, [], {})
    from app.behaviour.models import PeerRating

    [kept] = run(session.scalars(select(PeerRating)))
    assert set(PeerRating.__table__.columns.keys()) == {"asn_id", "period", "peer", "version", "ratings"}
    assert (kept.asn_id, kept.version, len(kept.peer)) == (office.budi.id, 1, 64)
    assert kept.peer != subject_of(SURROUNDINGS.audit_key, office.citra.nip)
    office.peer(office.citra, office.siti, all_of("below"))
    office.peer(office.citra, office.budi, all_of("below"), "2026-10")
    hashes = list(run(session.scalars(select(PeerRating.peer))))
    assert len(set(hashes)) == 3, "one peer is another one about everybody and in every period"


def test_a_peer_s_word_does_not_take_an_idempotency_key(office: Office, session: AsyncSession, run: Run) -> None:
    from app.web.models import IdempotencyKey

    put_in_force(office.api, **weighing(50, 50, 0))
    body = {"asn_id": str(office.budi.id), "period": "2026-11", "ratings": all_of("below")}
    citra = office.himself(office.citra)
    assert citra.post("/v1/behaviour/peer-ratings", body, headers={"idempotency-key": "a"}).status_code == 200
    assert list(run(session.scalars(select(IdempotencyKey)))) == []


def test_who_is_no_peer(office: Office) -> None:
    asked = office.peer(office.citra, office.budi, all_of("meets"))
    assert (asked.status_code, asked.json()["code"]) == (409, "rater-not-asked")
    put_in_force(office.api, **weighing(50, 50, 0))
    assert office.peer(office.dodi, office.budi, all_of("meets")).json()["code"] == "asn-not-found"
    assert office.peer(office.budi, office.budi, all_of("meets")).json()["code"] == "oneself-not-assessed"
    assert office.peer(office.siti, office.budi, all_of("meets")).json()["code"] == "superior-is-no-peer"
    assert office.peer(office.hasan, office.budi, all_of("meets")).json()["code"] == "superior-is-no-peer", "the head"
    assert office.peer(office.budi, office.siti, all_of("meets")).status_code == 200
    stranger = {"asn_id": str(uuid4()), "period": "2026-11", "ratings": all_of("meets")}
    assert office.himself(office.budi).post("/v1/behaviour/peer-ratings", stranger).status_code == 404


def test_a_peer_rates_every_value_so_that_none_stands_alone(office: Office) -> None:
    put_in_force(office.api, **weighing(50, 50, 0))
    some = {code: "meets" for code in all_of("meets") if not code.startswith("loyal")}
    refused = office.peer(office.citra, office.budi, some)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["detail"].startswith("Setiap nilai BerAKHLAK")
    first_of_each = {f"{value}.a": "meets" for value in NAMES}
    assert office.peer(office.citra, office.budi, first_of_each).status_code == 200


# Reading


def test_a_policy_that_says_nothing_of_behaviour_keeps_facts_and_judges_nobody(office: Office) -> None:
    from tests.policies.documents import changed

    document = changed(version=7, effective_from="2026-01-01")
    document["behaviour"] = None
    made = office.api.as_(Role.ADMIN).post("/v1/policies", document).json()
    office.api.as_(Role.ADMIN).post(f"/v1/policies/{made['id']}/activate")
    said = office.himself(office.siti).put(office.path(), {"ratings": all_of("above")})
    assert said.status_code == 201
    told = office.read(office.himself(office.budi)).json()
    assert (told["points"], told["no_points"], told["raters"], told["lines"]) == (None, "no-rule-set", [], [])
    assert told["superior"] == said.json()


def test_a_policy_is_applied_when_somebody_asks(office: Office) -> None:
    office.himself(office.siti).put(office.path(), {"ratings": all_of("meets")})
    assert office.read(office.himself(office.siti)).json()["points"] == 80.0
    label = put_in_force(office.api, **{"behaviour.points": {"below": 0, "meets": 50, "above": 100}})
    told = office.read(office.himself(office.siti)).json()
    assert (told["points"], told["proposal"], told["policy"]) == (50.0, "below", label)


def test_a_person_is_read_by_whom_it_concerns(office: Office) -> None:
    said = office.himself(office.siti).put(office.path(), {"ratings": all_of("meets")}).json()
    evidence = f"/v1/behaviour/assessments/{said['id']}"
    within = [
        office.himself(office.budi),
        office.himself(office.siti),
        office.api.as_(Role.ADMIN),
        office.api.as_(Role.INSPECTOR),
        office.api.as_(Role.OPD_HEAD, "DISDIK"),
    ]
    assert [(office.read(caller).status_code, caller.get(evidence).status_code) for caller in within] == [
        (200, 200)
    ] * 5
    without = [office.himself(office.citra), office.himself(office.hasan), office.api.as_(Role.OPD_HEAD, "PUPR")]
    assert [(office.read(caller).status_code, caller.get(evidence).status_code) for caller in without] == [
        (404, 404)
    ] * 3
    for role in (Role.BUPATI, Role.KOMINFO, Role.OPD_OPERATOR, Role.READER):
        assert office.read(office.api.as_(role, "DISDIK")).status_code == 403
    assert office.api.as_(Role.ADMIN).get(f"/v1/behaviour/assessments/{uuid4()}").status_code == 404


def test_writing_and_reading_of_a_person_are_recorded(office: Office, session: AsyncSession, run: Run) -> None:
    said = office.himself(office.siti).put(office.path(), {"ratings": all_of("meets")}).json()
    admin = office.api.as_(Role.ADMIN)
    office.read(admin)
    admin.get(f"/v1/behaviour/assessments/{said['id']}")
    admin.get("/v1/behaviour/opd/PUPR?period=2026-11")
    budi, dodi = (subject_of(SURROUNDINGS.audit_key, person.nip) for person in (office.budi, office.dodi))
    assert [(entry.action, entry.target, entry.subjects, entry.detail) for entry in entries(session, run)] == [
        ("behaviour.assess", said["id"], [budi], {"period": "2026-11", "rater": "superior", "version": 1}),
        ("behaviour.read_person", str(office.budi.id), [budi], {"period": "2026-11"}),
        ("behaviour.read_assessment", said["id"], [budi], {}),
        ("behaviour.read_opd", "PUPR", [dodi], {"period": "2026-11"}),
    ]


def test_an_opd_lists_everybody_and_says_who_is_missing(office: Office) -> None:
    office.himself(office.siti).put(office.path(), {"ratings": all_of("meets", loyal_a="below")})
    head = office.api.as_(Role.OPD_HEAD, "DISDIK")
    body = head.get("/v1/behaviour/opd/DISDIK?period=2026-11").json()
    assert (body["assessed"], body["average"], body["next_cursor"]) == (
        {"numerator": 1, "denominator": 4, "excluded": {}, "percent": 25.0},
        None,
        None,
    )
    assert [(item["name"], item["points"], item["no_points"]) for item in body["items"]] == [
        ("Hasan Basri", None, "no-superior"),
        ("Siti Aminah", None, "no-superior"),
        ("Budi Santoso", 78.1, None),
        ("Citra Dewi", None, "no-superior"),
    ]
    assert body["items"][2]["href"] == f"/v1/behaviour/asn/{office.budi.id}?period=2026-11"
    page = head.get("/v1/behaviour/opd/DISDIK?period=2026-11&limit=3").json()
    rest = head.get(f"/v1/behaviour/opd/DISDIK?period=2026-11&limit=3&cursor={page['next_cursor']}").json()
    assert page["items"] + rest["items"] == body["items"]
    assert rest["next_cursor"] is None
    assert head.get("/v1/behaviour/opd/PUPR").status_code == 404


def test_averages_of_an_opd_are_told_from_five_people_on(office: Office, make: Make) -> None:
    people = [office.budi, office.citra, *(make.asn("DISDIK", f"Rekan {n}") for n in range(3))]
    admin = office.api.as_(Role.ADMIN)
    for number, person in enumerate(people):
        rated = {"loyal.a": "above"} | ({"adaptif.a": "below"} if number < 4 else {})
        body = admin.get("/v1/behaviour/opd/DISDIK/values?period=2026-11").json()
        assert (body["assessed"]["numerator"], body["average"]) == (number, None)
        assert [value["average"] for value in body["values"]] == [None] * 7
        admin.put(office.path(person), {"ratings": rated})
    for role in (Role.BUPATI, Role.READER):
        body = office.api.as_(role).get("/v1/behaviour/opd/DISDIK/values?period=2026-11").json()
        assert body["average"] == 76.0, "four times 70, once 100"
        told = {value["value"]: (value["people"], value["average"]) for value in body["values"]}
        assert told["loyal"] == (5, 100.0)
        assert told["adaptif"] == (4, None), "four are too few, on one value too"
        assert told["harmonis"] == (0, None)
        assert "items" not in body


def test_where_nothing_was_said_nothing_is_told(office: Office) -> None:
    told = office.read(office.himself(office.budi), query="").json()
    assert (told["period"], told["points"], told["no_points"], told["lines"]) == ("2026-11", None, "no-superior", [])
    later = office.read(office.himself(office.budi), query="?period=2027").json()
    assert later["no_points"] == "no-superior"


def test_standings_can_be_made_again_from_the_words(
    office: Office, make: Make, session: AsyncSession, run: Run
) -> None:
    from app.behaviour.standing import rebuild_all_standings

    put_in_force(office.api, **weighing(50, 40, 10))
    office.himself(office.siti).put(office.path(), {"ratings": all_of("meets")})
    office.himself(office.siti).put(office.path(), {"ratings": all_of("above")}, headers={"if-match": '"1"'})
    office.himself(office.budi).put("/v1/behaviour/me/assessments/2026-11", {"ratings": {"loyal.a": "below"}})
    for word in ("below", "above"):
        office.peer(office.citra, office.budi, all_of(word))
    office.peer(make.asn("DISDIK", "Rekan"), office.budi, all_of("below"))

    def standing() -> list[tuple[Any, ...]]:
        rows = run(session.scalars(select(Standing).execution_options(populate_existing=True)))
        return [
            (row.asn_id, row.period, row.superior_tally, row.self_tally, row.peer_tally, row.by_value) for row in rows
        ]

    before = standing()
    assert [row[:5] for row in before] == [
        (office.budi.id, "2026-11", [1, 0, 0, 2520], [1, 2520, 0, 0], [2, 2520, 0, 2520])
    ]

    async def forget_and_rebuild() -> int:
        await session.execute(Standing.__table__.delete())  # type: ignore[attr-defined]
        return await rebuild_all_standings(session)

    assert run(forget_and_rebuild()) == 1
    assert standing() == before


@pytest.mark.parametrize(
    ("ratings", "field"),
    [({}, "ratings"), ({"loyal.d": "meets"}, "ratings"), ({"loyal.a": "2"}, "ratings"), ({"loyal.a": 2}, "ratings")],
    ids=["nothing rated", "an unknown guide", "an unknown word", "a number"],
)
def test_what_is_no_rating_is_refused(office: Office, ratings: Any, field: str) -> None:
    refused = office.api.as_(Role.ADMIN).put(office.path(), {"ratings": ratings})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith(f"/{field}")


def test_a_person_of_an_unknown_id_is_not_there(office: Office) -> None:
    path = f"/v1/behaviour/asn/{UUID(int=7)}/assessments/2026-11"
    assert office.api.as_(Role.ADMIN).put(path, {"ratings": {"loyal.a": "meets"}}).status_code == 404
    later = MONDAY + timedelta(days=30)
    assert office.read(office.api.as_(Role.ADMIN).at(later), query="").json()["period"] == "2026-12"
