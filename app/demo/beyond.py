"""Beside the roll-call: yesterday's rakor with a basket for phones, a circular half acknowledged, one live stream.

All of it is CONTOH, and goes through the public API as the offices' own people would do it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.core.clock import civil_date, civil_instant, utc_now
from app.demo.visitor import Visitor

INVITED = ("BKPP", "KESBANGPOL", "DISPUSIP")
FROM_EACH = 6
"""People of each OPD who sit in the rakor; the others are at their work (dinas dalam)."""
NOT_LAID_IN = 2
"""Who kept the phone."""
NUMBER = "CONTOH/800/123"
TITLE = "Larangan siaran langsung di media sosial pada jam kerja (CONTOH)"
TEXT = (
    "Seluruh ASN tidak melakukan siaran langsung di media sosial pada jam kerja. Mengunggah sesudah kegiatan selesai "
    "diperbolehkan. Dikecualikan: upacara kenegaraan, sidang lembaga legislatif, akun resmi, dan surat tugas. (CONTOH)"
)
DAYS_TO_ACKNOWLEDGE = timedelta(days=7)
WATCHED = time(10, 0), time(10, 25)


@dataclass(frozen=True)
class Shown:
    """What the three came to, as the API answers it."""

    rakor: dict[str, Any]
    basket: dict[str, Any]
    circular: dict[str, Any]
    progress: dict[str, Any]
    incident: dict[str, Any]


@dataclass(frozen=True)
class Beyond:
    """The offices that act."""

    admin: Visitor
    kominfo: Visitor
    zone: ZoneInfo

    async def play(self) -> Shown:
        rakor, basket = await self._hold_rakor()
        circular, progress = await self._publish()
        return Shown(rakor, basket, circular, progress, await self._report_stream())

    async def _hold_rakor(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Attendance first, then the phones; one of them was not fetched."""
        began = civil_instant(civil_date(utc_now(), self.zone) - timedelta(days=1), time(10, 0), self.zone)
        ends = began + timedelta(hours=2)
        rakor = await self.kominfo.post(
            "/v1/apel",
            {"kind": "rakor", "title": "Rakor di Balai Kota (CONTOH)", "opd_codes": INVITED}
            | _times(starts_at=began, ends_at=ends, report_deadline=ends),
        )
        path = f"/v1/apel/{rakor['id']}"
        present = [person for code in INVITED for person in await self._take_attendance(path, code)]
        on_call = {"asn_id": present[0], "reason": "on_call", "note": "Petugas piket (CONTOH)"}
        await self.kominfo.post(f"{path}/deposits/exemptions", {"items": [on_call]})
        laid_in = [
            {"asn_id": person, "slot": f"A-{number:02d}", **_times(at=began - timedelta(minutes=5))}
            for number, person in enumerate(present[1:-NOT_LAID_IN], start=1)
        ]
        await self.kominfo.post(f"{path}/deposits", {"items": laid_in})
        fetched = [{"slot": one["slot"], **_times(at=ends)} for one in laid_in[:-1]]
        await self.kominfo.post(f"{path}/deposits/out", {"items": fetched})
        return rakor, await self.kominfo.get(f"{path}/deposits/compliance")

    async def _take_attendance(self, path: str, code: str) -> Sequence[str]:
        """One OPD's report: who sits in the rakor; everybody else is at work in the office."""
        roster = (await self.kominfo.get(f"{path}/roster/{code}"))["items"]
        bound = [person for person in roster if person["required"]]
        free = [person["asn_id"] for person in bound if person["suggested"]["status"] == "H"]
        others = [person["asn_id"] for person in bound if person["asn_id"] not in free[:FROM_EACH]]
        body = {
            "strength": len(bound),
            "present": {"wfo": len(bound) - len(others), "wfa": 0},
            "excused": {"DD": len(others)} if others else {},
            "unexplained": 0,
            "entries_are": "exceptions",
            "entries": [{"asn_id": person, "status": "DD"} for person in others],
            "channel": "paper",
            "caller": "Daftar hadir (CONTOH)",
        }
        await self.kominfo.ask("PUT", f"{path}/reports/{code}", json=body)
        return free[:FROM_EACH]

    async def _publish(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Half of the people and of the heads signed the list on paper."""
        today = civil_date(utc_now(), self.zone)
        circular = await self.admin.post(
            "/v1/circulars",
            {
                "number": NUMBER,
                "date": today.isoformat(),
                "title": TITLE,
                "text": TEXT,
                "signatory": "Bupati (CONTOH)",
                "effective_from": today.isoformat(),
                "acknowledge_by": (today + DAYS_TO_ACKNOWLEDGE).isoformat(),
                "scope": {
                    "offices": ["heads", "camat", "lurah"],
                    "employment_types": ["PNS", "CPNS", "PPPK", "PPPK_PW"],
                },
                "kind": "no_livestream",
            },
        )
        path = f"/v1/circulars/{circular['id']}"
        await self.admin.post(f"{path}/publish", headers={"if-match": f'"{circular["revision"]}"'})
        people = [person["id"] for person in await self.admin.items("/v1/asn")]
        rows = (await self.admin.get(f"{path}/progress"))["opd"]
        offices = [row["opd_code"] for row in rows if row["offices"]["acknowledged"]["denominator"] == 1]
        await self.admin.post(f"{path}/acknowledge/paper", {"asn_ids": people[::2], "opd_codes": offices[::2]})
        return circular, await self.admin.get(f"{path}/progress")

    async def _report_stream(self) -> dict[str, Any]:
        """What a citizen reported; whether it lay in working hours is computed."""
        today = civil_date(utc_now(), self.zone)
        began, ended = (civil_instant(today, at, self.zone) for at in WATCHED)
        if ended > utc_now():
            began, ended = utc_now() - timedelta(minutes=30), utc_now() - timedelta(minutes=5)
        people = (await self.admin.get("/v1/asn?opd_code=DISPAR&limit=200"))["items"]
        body = {
            "asn_id": people[-1]["id"],
            "platform": "tiktok",
            "url": "https://www.tiktok.com/@contoh/live",
            "live": True,
            "source": "complaint",
            "capture_note": "Tangkapan layar di berkas CONTOH",
        }
        sent = await self.admin.post("/v1/livestreams/incidents", body | _times(started_at=began, ended_at=ended))
        found: dict[str, Any] = await self.admin.get(f"/v1/livestreams/incidents/{sent['id']}")
        return found


def _times(**moments: datetime) -> dict[str, str]:
    return {name: moment.isoformat(timespec="seconds") for name, moment in moments.items()}
