"""One call to a real receiver: what is sent, what an answer means, and where no call goes."""

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.destinations import Address, read_listed
from app.notifications.rules import Outcome
from app.notifications.sending import Sender
from tests.notifications.receiver import LISTED, Answer, Receiver

Run = Callable[[Coroutine[Any, Any, Any]], Any]
INSIDE = [read_listed(LISTED)]


@pytest.fixture
def receiver(loop: asyncio.Runner) -> Iterator[Receiver]:
    made = Receiver()
    loop.run(made.start())
    yield made
    loop.run(made.stop())


def leading_to(*answers: Sequence[str]) -> Callable[[str, int], Coroutine[Any, Any, list[Address]]]:
    """A resolver that tells other addresses each time it is asked, as somebody who rebinds a name would."""
    left = list(answers)

    async def resolve(host: str, port: int) -> list[Address]:
        told = left.pop(0) if len(left) > 1 else left[0]
        return [ip_address(one) for one in told]

    return resolve


def test_a_message_arrives_as_it_was_signed(run: Run, receiver: Receiver) -> None:
    headers = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
    assert run(Sender(INSIDE).post(receiver.url + "?a=b", headers, b'{"type":"x"}')) == Outcome(204)
    [heard] = receiver.heard
    assert (heard.path, heard.body) == ("/kait?a=b", b'{"type":"x"}')
    assert heard.headers == headers | {
        "host": f"127.0.0.1:{receiver.port}",
        "content-type": "application/json",
        "content-length": "12",
        "user-agent": "Apel-Virtual",
        "connection": "close",
    }


def test_a_redirect_is_not_followed(run: Run, receiver: Receiver) -> None:
    receiver.answers = [Answer(302, {"location": receiver.url + "/lain"})]
    assert run(Sender(INSIDE).post(receiver.url, {}, b"{}")) == Outcome(302)
    assert [heard.path for heard in receiver.heard] == ["/kait"]


def test_a_wish_to_wait_is_read(run: Run, receiver: Receiver) -> None:
    receiver.answers = [
        Answer(429, {"retry-after": "120"}),
        Answer(503, {"retry-after": "Mon, 23 Nov 2026 00:00:00 GMT"}),
    ]
    assert run(Sender(INSIDE).post(receiver.url, {}, b"{}")) == Outcome(429, retry_after=120)
    assert run(Sender(INSIDE).post(receiver.url, {}, b"{}")) == Outcome(503)


def test_an_answer_without_end_is_let_go_after_a_little(run: Run, receiver: Receiver) -> None:
    receiver.answers = [Answer(200, endless=True)]
    began = time.monotonic()
    assert run(Sender(INSIDE).post(receiver.url, {}, b"{}")) == Outcome(200)
    assert time.monotonic() - began < 5
    assert receiver.sent < 20 * 65536


def test_a_receiver_that_says_nothing_is_left(run: Run, receiver: Receiver) -> None:
    receiver.answers = [Answer(after=30)]
    assert run(Sender(INSIDE, seconds=0.2).post(receiver.url, {}, b"{}")) == Outcome(error="timeout")


def test_nobody_there_is_no_connection(run: Run, receiver: Receiver) -> None:
    run(receiver.stop())
    assert run(Sender(INSIDE).post(receiver.url, {}, b"{}")) == Outcome(error="no-connection")


def test_what_is_no_http_is_a_broken_answer(run: Run) -> None:
    async def play() -> Outcome:
        async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example.go.id ESMTP\r\n")
            writer.close()

        server = await asyncio.start_server(babble, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        outcome = await Sender(INSIDE).post(f"http://127.0.0.1:{port}/", {}, b"{}")
        server.close()
        return outcome

    assert run(play()) == Outcome(error="broken-answer")


@pytest.fixture
def secure(loop: asyncio.Runner, tmp_path: Path) -> Iterator[tuple[Receiver, Path]]:
    """A receiver with a certificate for wa.example.go.id, which nobody but a test trusts."""
    certificate = tmp_path / "wa.pem"
    certificate.write_bytes(certificate_for("wa.example.go.id"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    made = Receiver()
    loop.run(made.start(context))
    yield made, certificate
    loop.run(made.stop())


@pytest.mark.parametrize(
    ("host", "trusted", "outcome"),
    [
        ("wa.example.go.id", True, Outcome(204)),
        ("wa.example.go.id", False, Outcome(error="tls")),
        ("lain.example.go.id", True, Outcome(error="tls")),
    ],
    ids=["the right name, trusted", "trusted by nobody", "another name"],
)
def test_the_certificate_is_that_of_the_name_though_an_address_is_called(
    run: Run, secure: tuple[Receiver, Path], host: str, trusted: bool, outcome: Outcome
) -> None:
    receiver, certificate = secure
    trust = (lambda: ssl.create_default_context(cafile=certificate)) if trusted else ssl.create_default_context
    sender = Sender([read_listed(host)], resolve=leading_to(["127.0.0.1"]), trust=trust)
    assert run(sender.post(f"https://{host}:{receiver.port}/kait", {}, b"{}")) == outcome
    assert len(receiver.heard) == (outcome.status is not None)


def test_an_authority_of_the_places_own_is_named_by_the_environment(
    run: Run, secure: tuple[Receiver, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver, certificate = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    sender = Sender([read_listed("wa.example.go.id")], resolve=leading_to(["127.0.0.1"]))
    assert run(sender.post(f"https://wa.example.go.id:{receiver.port}/kait", {}, b"{}")) == Outcome(204)


def certificate_for(host: str) -> bytes:
    """A certificate that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    kept = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    return kept + made.public_bytes(serialization.Encoding.PEM)


def test_the_loopback_is_called_only_where_it_is_listed(run: Run, receiver: Receiver) -> None:
    assert run(Sender(()).post(receiver.url, {}, b"{}")) == Outcome(error="address-address")
    assert receiver.heard == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["169.254.169.254"],
        ["10.0.0.1"],
        ["8.8.8.8", "127.0.0.1"],
        ["0.0.0.0"],
    ],
    ids=" ".join,
)
def test_a_public_name_that_leads_inside_is_not_called(run: Run, receiver: Receiver, addresses: list[str]) -> None:
    sender = Sender((), resolve=leading_to(addresses))
    url = f"https://wa.example.go.id:8443/{receiver.port}"
    assert run(sender.post(url, {}, b"{}")) == Outcome(error="address-address")
    assert receiver.heard == []


def test_a_name_that_is_bound_anew_after_it_was_judged_gains_nothing(run: Run, receiver: Receiver) -> None:
    """The first answer is judged and called; had the name been asked again, it would have led elsewhere."""
    asked: list[str] = []
    rebinding = leading_to(["127.0.0.1"], ["127.0.0.2"])

    async def resolve(host: str, port: int) -> list[Address]:
        asked.append(host)
        return await rebinding(host, port)

    sender = Sender([read_listed(f"127.0.0.1:{receiver.port}"), read_listed("wa.example.go.id:1")], resolve=resolve)
    listed = Sender([read_listed("wa.example.go.id"), *INSIDE], resolve=resolve)
    url = f"http://wa.example.go.id:{receiver.port}/kait"
    assert run(listed.post(url, {}, b"{}")) == Outcome(204)
    assert asked == ["wa.example.go.id"]
    assert [heard.headers["host"] for heard in receiver.heard] == [f"wa.example.go.id:{receiver.port}"]
    assert run(sender.post(url, {}, b"{}")) == Outcome(error="address-needs-https")


def test_each_call_is_judged_anew(run: Run, receiver: Receiver) -> None:
    """A name that was good once and leads inside later is refused then."""
    network = read_listed("127.0.0.1")
    sender = Sender(
        [network, read_listed(f"wa.example.go.id:{receiver.port}")],
        resolve=leading_to(["127.0.0.1"], ["169.254.169.254"]),
    )
    url = f"http://wa.example.go.id:{receiver.port}/kait"
    assert run(sender.post(url, {}, b"{}")) == Outcome(204)
    assert run(sender.post(url, {}, b"{}")) == Outcome(error="address-address")


def test_a_second_address_is_tried_where_the_first_does_not_answer(run: Run, receiver: Receiver) -> None:
    listed = [read_listed("wa.example.go.id")]
    sender = Sender(listed, resolve=leading_to(["127.0.0.9", "127.0.0.1"]))
    assert run(sender.post(f"http://wa.example.go.id:{receiver.port}/kait", {}, b"{}")) == Outcome(204)


def test_a_name_that_nobody_knows_is_told_as_such(run: Run) -> None:
    async def resolve(host: str, port: int) -> list[Address]:
        raise OSError("Name or service not known")

    outcome = run(Sender((), resolve=resolve).post("https://wa.example.go.id/", {}, b"{}"))
    assert outcome == Outcome(error="address-unknown-host")


def test_no_proxy_of_the_environment_is_asked(run: Run, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert run(Sender(INSIDE).post(receiver.url, {}, b"{}")) == Outcome(204)


def test_the_trust_in_certificates_is_loaded_when_it_is_first_needed() -> None:
    loaded: list[bool] = []

    def trust() -> ssl.SSLContext:
        loaded.append(True)
        return ssl.create_default_context()

    Sender((), trust=trust)
    assert loaded == []
