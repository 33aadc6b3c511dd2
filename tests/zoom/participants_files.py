"""Participants files in the layouts that Zoom's portal has given over the years; everybody in them is invented.

The meeting is the apel of Monday 23 November 2026, 07.30 to 08.00 WITA.
"""

PARTICIPANTS_FILE = """\
Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants,
860 8470 1483,Apel Gabungan,11/23/2026 07:25:11 AM,11/23/2026 08:01:40 AM,kominfo@contoh.go.id,37,3,

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent
[DISDIK] Ruang 1,disdik@contoh.go.id,11/23/2026 07:25:12 AM,11/23/2026 08:01:39 AM,37,No,
[DISDIK] 1001 Siti (iPhone),,11/23/2026 07:28:05 AM,11/23/2026 07:45:05 AM,17,Yes,Y
[DISDIK] 1001 Siti,,11/23/2026 07:46:00 AM,11/23/2026 08:01:40 AM,16,Yes,Y"""
"""As from 2020 on: meeting above, a comma too many, no end of the last line."""

NEWER = (
    "\ufeffTopic,ID,Host,Duration (minutes),Start time,End time,Participants\r\n"
    'Apel Gabungan,86084701483,Kominfo (kominfo@contoh.go.id),37,"11/23/2026 07:25:11 AM",'
    '"11/23/2026 08:01:40 AM",3\r\n'
    ",,,,,,\r\n"
    "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,Recording disclaimer response,"
    "In waiting room\r\n"
    '[DISDIK] Ruang 1,disdik@contoh.go.id,"11/23/2026 07:25:12 AM","11/23/2026 08:01:39 AM",37,No,,No\r\n'
    '[DISDIK] 1001 Siti(iPhone),,"11/23/2026 07:20:00 AM","11/23/2026 07:28:05 AM",8,Yes,OK,Yes\r\n'
    '[DISDIK] 1001 Siti(iPhone),,"11/23/2026 07:28:05 AM","11/23/2026 07:45:05 AM",17,Yes,OK,No\r\n'
    '[DISDIK] 1001 Siti,,"11/23/2026 07:46:00 AM","11/23/2026 08:01:40 AM",16,Yes,OK,No\r\n'
)
"""The newer portal: other columns in another order, a mark at the start, Windows ends of lines, the waiting room."""

INDONESIAN = """\
Topik;ID;Nama host;Durasi (menit);Waktu mulai;Waktu berakhir;Peserta
Apel Gabungan;860 8470 1483;Kominfo;37;11/23/2026 7:25:11 AM;11/23/2026 8:01:40 AM;3

Nama (nama asli);Email;Waktu bergabung;Waktu keluar;Durasi (menit);Tamu;Respons penafian rekaman;Di ruang tunggu
[DISDIK] Ruang 1;disdik@contoh.go.id;11/23/2026 7:25:12 AM;11/23/2026 8:01:39 AM;37;Tidak;;Tidak
[DISDIK] 1001 Siti (iPhone);;11/23/2026 7:28:05 AM;11/23/2026 7:45:05 AM;17;Ya;OK;Tidak
[DISDIK] 1001 Siti;;11/23/2026 7:46:00 AM;11/23/2026 8:01:40 AM;16;Ya;OK;Tidak
"""
"""The portal in Indonesian, and hours without a leading zero."""

_ACCOUNT_HEADINGS = (
    "Topic,Meeting ID,User Name,User Email,Has Zoom Rooms?,Creation Time,Start Time,End Time,Duration (Minutes),"
    "Participants,Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room"
)
_ACCOUNT_MEETING = (
    "Apel,860 8470 1483,Kominfo,kominfo@contoh.go.id,No,11/20/2026 10:00:00,"
    "11/23/2026 07:25:11,11/23/2026 08:01:40,37,3"
)
_ACCOUNT_PEOPLE = (
    "[DISDIK] Ruang 1,disdik@contoh.go.id,11/23/2026 07:25:12,11/23/2026 08:01:39,37,No,No",
    "[DISDIK] 1001 Siti (iPhone),,11/23/2026 07:28:05,11/23/2026 07:45:05,17,Yes,No",
    "[DISDIK] 1001 Siti,,11/23/2026 07:46:00,11/23/2026 08:01:40,16,Yes,No",
)
IN_EVERY_ROW = "\n".join([_ACCOUNT_HEADINGS, *(f"{_ACCOUNT_MEETING},{person}" for person in _ACCOUNT_PEOPLE)])
"""The report of an account: the meeting in every row, hours of 24, columns of one name on both sides."""

WITHOUT_MEETING = """\
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest
[DISDIK] Ruang 1,disdik@contoh.go.id,2026-11-23 07:25:12,2026-11-23 08:01:39,37,No
[DISDIK] 1001 Siti (iPhone),,2026-11-23 07:28:05,2026-11-23 07:45:05,17,Yes
[DISDIK] 1001 Siti,,2026-11-23 07:46:00,2026-11-23 08:01:40,16,Yes
"""

NAMED_MONTH = """\
Name,Leave Time,Join Time
[DISDIK] Ruang 1,"Nov 23, 2026 08:01:39 AM","Nov 23, 2026 07:25:12 AM"
"""

SUMMED_UP = """\
Topic,ID,Host,Duration (minutes),Start time,End time,Participants
Apel,86084701483,Kominfo,37,"11/23/2026 07:25:11 AM","11/23/2026 08:01:40 AM",2

Name (original name),Email,Total duration (minutes),Guest
[DISDIK] Ruang 1,disdik@contoh.go.id,37,No
"""
SUMMED_UP_INDONESIAN = "Nama (nama asli),Email,Total durasi (menit)s,Tamu\n[DISDIK] Ruang 1,,37,Ya\n"
WEBINAR = """\
Attendee Report
Topic,Webinar ID,Actual Start Time,Unique Viewers
Apel,91695866411,11/23/2026 07:25,2
Attendee Details
Attended,First Name,Last Name,Email,Join Time,Leave Time,Time in Session (minutes)
Yes,Siti,Aminah,siti@contoh.go.id,11/23/2026 07:25:12,11/23/2026 08:01:39,37
"""
