"""One POST to a receiver: resolved by us, every address judged, the connection made to a judged address.

Nothing is kept between two calls, so that each is judged anew; nothing is followed, and of the answer only the status
is used. What a receiver answers is not kept: a log that shows answers would be a way to read from the inside.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from ipaddress import ip_address

import httpcore
import httpx
import structlog

from app.core.destinations import Address, DestinationRefused, Listed, read_destination, require_callable
from app.core.stacks import readable_stack
from app.notifications.rules import Outcome

_log = structlog.get_logger("apel.notifications")
TOTAL = 15.0
"""Seconds for everything, from the first question to the resolver to the last byte read."""
MOST_READ = 1024
"""Bytes of the answer that are read before it is let go."""
FIXED = {"content-type": "application/json", "user-agent": "Apel-Virtual", "connection": "close"}

Resolve = Callable[[str, int], Awaitable[Sequence[Address]]]


async def ask_resolver(host: str, port: int) -> list[Address]:
    """The addresses of a host, as the system's resolver has them now."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [ip_address(str(where[0]).partition("%")[0]) for *_, where in found]


class _Pinned(httpcore.AsyncNetworkBackend):
    """Connects to judged addresses only; the name stays that of the certificate and of the Host header."""

    def __init__(self, resolve: Resolve, listed: Sequence[Listed]) -> None:
        self._resolve, self._listed = resolve, listed
        self._network = httpcore.AnyIOBackend()
        self._opened: list[httpcore.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        *others, last = await self._judged(host, port)
        connect, rest = self._network.connect_tcp, (port, timeout, local_address, socket_options)
        for address in others:
            with suppress(httpcore.ConnectError):
                self._opened.append(await connect(str(address), *rest))
                return self._opened[-1]
        self._opened.append(await connect(str(last), *rest))
        return self._opened[-1]

    async def aclose(self) -> None:
        """A handshake that is cut off leaves its connection to nobody else."""
        for stream in self._opened:
            await stream.aclose()

    async def _judged(self, host: str, port: int) -> Sequence[Address]:
        try:
            addresses = list(dict.fromkeys(await self._resolve(host, port)))
        except OSError as error:
            raise DestinationRefused("unknown-host") from error
        if not addresses:
            raise DestinationRefused("unknown-host")
        for address in addresses:
            require_callable(host, address, port, self._listed)
        return addresses


class Sender:
    """How this process calls receivers; `SSL_CERT_FILE` may name an authority of the place's own."""

    def __init__(
        self,
        listed: Sequence[Listed],
        *,
        resolve: Resolve = ask_resolver,
        trust: Callable[[], ssl.SSLContext] = httpx.create_ssl_context,
        seconds: float = TOTAL,
    ) -> None:
        self._listed, self._resolve, self._trust, self._seconds = tuple(listed), resolve, trust, seconds
        self._ssl: ssl.SSLContext | None = None

    async def post(self, url: str, headers: dict[str, str], payload: bytes) -> Outcome:
        """Never raises: whatever goes wrong on the line is an outcome."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._post(url, headers, payload)
        except DestinationRefused as refused:
            return Outcome(error=f"address-{refused}")
        except (TimeoutError, httpcore.TimeoutException):
            return Outcome(error="timeout")
        except httpcore.ConnectError as error:
            # httpcore hides the cause, and keeps the error as its first argument.
            return Outcome(error="tls" if isinstance(next(iter(error.args), None), ssl.SSLError) else "no-connection")
        except (httpcore.NetworkError, httpcore.ProtocolError):
            return Outcome(error="broken-answer")
        except Exception as error:  # whatever it is, it is noted as a try, or the row would be leased for ever
            _log.warning("call broke", error=type(error).__name__, stack=readable_stack(error))
            return Outcome(error="unexpected")

    async def _post(self, url: str, headers: dict[str, str], payload: bytes) -> Outcome:
        where = read_destination(url, self._listed)
        scheme, authority, path = url.partition("://")[0], *_split(url)
        target = httpcore.URL(scheme=scheme.encode(), host=where.host.encode(), port=where.port, target=path.encode())
        fixed = FIXED | {"host": authority, "content-length": str(len(payload))} | headers
        self._ssl = self._ssl or self._trust()
        line = _Pinned(self._resolve, self._listed)
        async with (
            aclosing(line),
            httpcore.AsyncConnectionPool(self._ssl, max_connections=1, network_backend=line) as pool,
            pool.stream("POST", target, headers=list(fixed.items()), content=payload) as answer,
        ):
            await _read_a_little(answer)
            return Outcome(status=answer.status, retry_after=_wish(answer.headers))


def _split(url: str) -> tuple[str, str]:
    """Authority and request target of a judged address."""
    authority, slash, path = url.partition("://")[2].partition("/")
    host, question, query = authority.partition("?")
    return (host, f"/?{query}") if question else (authority, slash + path or "/")


async def _read_a_little(answer: httpcore.Response) -> None:
    read = 0
    async for piece in answer.aiter_stream():
        read += len(piece)
        if read >= MOST_READ:
            return


def _wish(headers: Sequence[tuple[bytes, bytes]]) -> int | None:
    """`Retry-After` in seconds; a date is not understood, and no wish."""
    said = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return int(said) if said.isdigit() and len(said) < 9 else None
