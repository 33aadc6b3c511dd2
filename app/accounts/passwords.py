"""Argon2 in worker threads, a bounded number at a time: a storm of sign-ins queues, the event loop does not."""

import asyncio
import unicodedata
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# The second set of parameters that OWASP recommends, 33 ms and 19 MiB here: pwdlib's own (180 ms on four threads)
# would keep both cores of a small machine busy for ten seconds when forty-five OPDs sign in before an apel.
_ARGON2 = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def _hash(password: str) -> str:
    return _ARGON2.hash(unicodedata.normalize("NFC", password))


@cache
def _nobodys_hash() -> str:
    return _hash("nobody has this password")


def _verify(password: str, password_hash: str | None) -> bool:
    matches = _ARGON2.verify(unicodedata.normalize("NFC", password), password_hash or _nobodys_hash())
    return matches and password_hash is not None


async def hash_passwords(passwords: Sequence[str]) -> list[str]:
    loop = asyncio.get_running_loop()
    return list(await asyncio.gather(*(loop.run_in_executor(_THREADS, _hash, password) for password in passwords)))


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; without a hash, False after the same work."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, password, password_hash)
