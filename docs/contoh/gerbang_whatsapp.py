"""Gerbang WhatsApp: menerima kiriman Apel Virtual, memeriksa tanda tangannya, dan meneruskan teksnya ke grup.

Hanya memakai pustaka bawaan Python 3.11. Jalankan di belakang proxy yang memberi https, atau di jaringan sendiri yang
didaftarkan pada APEL_WEBHOOK_HOSTS. Pengaturan lewat variabel lingkungan, lihat docs/notifikasi.md.
"""

import base64
import hashlib
import hmac
import json
import logging
import os
import sqlite3
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

SECRET = os.environ["GERBANG_SECRET"]
API_URL = os.environ["GERBANG_API_URL"]
API_TOKEN = os.environ["GERBANG_API_TOKEN"]
GROUP = os.environ["GERBANG_GRUP"]
PORT = int(os.environ.get("GERBANG_PORT", "3000"))
MOST = 256 * 1024
"""Kiriman yang lebih besar dari ini bukan dari kami."""


def verify(secret: str, headers: dict[str, str], body: bytes, now: float) -> bool:
    """Apakah kiriman ini dari Apel Virtual, utuh, dan baru (paling lama lima menit)."""
    sent_at = headers.get("webhook-timestamp", "")
    if not sent_at.isdecimal() or abs(now - int(sent_at)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{sent_at}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


class Seen:
    """Nomor kiriman yang sudah diteruskan: kiriman yang sama bisa datang dua kali."""

    def __init__(self, path: str) -> None:
        self._lock = Lock()
        self._kept = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._kept.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY)")

    def forward_once(self, message_id: str, text: str) -> None:
        """Gagal meneruskan berarti belum dicatat, sehingga kiriman berikutnya dicoba lagi."""
        with self._lock:
            if self._kept.execute("SELECT 1 FROM seen WHERE id = ?", [message_id]).fetchone():
                return
            post_to_group(text)
            self._kept.execute("INSERT INTO seen VALUES (?)", [message_id])


def post_to_group(text: str) -> None:
    """Sesuaikan badan dan header ini dengan gerbang yang dipakai."""
    body = json.dumps({"group": GROUP, "message": text}).encode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {API_TOKEN}"}
    asked = urllib.request.Request(API_URL, body, headers, method="POST")  # noqa: S310
    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310
        answer.read(1024)


class Gate(BaseHTTPRequestHandler):
    seen: Seen

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if not length.isdecimal() or int(length) > MOST:
            return self.say(413)
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not verify(SECRET, headers, body, time.time()):
            return self.say(401)
        try:
            self.seen.forward_once(headers["webhook-id"], json.loads(body)["data"]["text"])
        except OSError:
            logging.exception("belum diteruskan")
            return self.say(502)
        return self.say(204)

    def say(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    Gate.seen = Seen(os.environ.get("GERBANG_DB", "gerbang.db"))
    ThreadingHTTPServer(("127.0.0.1", PORT), Gate).serve_forever()
