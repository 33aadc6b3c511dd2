"""A receiver on the loopback: answers as a test wrote down, and keeps what it heard."""

import asyncio
import ssl
from dataclasses import dataclass, field

LISTED = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0
    body: bytes = b""
    endless: bool = False


@dataclass(frozen=True)
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Answers in the order given, the last one again and again."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers) or [Answer()]
        self.heard: list[Heard] = []
        self.sent = 0
        """Bytes of endless answers that somebody took."""
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self, trust: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=trust)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/kait"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.heard.append(await _read(reader))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            await asyncio.sleep(answer.after)
            await self._say(writer, answer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, answer: Answer) -> None:
        length = {} if answer.endless else {"content-length": str(len(answer.body))}
        lines = [f"HTTP/1.1 {answer.status} X", *(f"{k}: {v}" for k, v in (answer.headers | length).items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + answer.body)
        await writer.drain()
        while answer.endless:
            writer.write(b"x" * 65536)
            await writer.drain()
            self.sent += 65536
            await asyncio.sleep(0.01)


async def _read(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Heard(head[0].split(" ")[1], headers, body)
