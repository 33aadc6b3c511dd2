"""The client of Zoom's API, over HTTP against a stand-in; answers are those of the published specification."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import hypothesis
import pytest
import stamina
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from app.core.errors import Refusal
from app.core.settings import Settings
from app.zoom.answers import Instance, Meeting, NewRegistrant, PastMeeting, Registrant, read_pause
from app.zoom.client import Zoom, open_zoom
from app.zoom.errors import (
    PageTokenExpired,
    ZoomBusy,
    ZoomNotFound,
    ZoomNotPermitted,
    ZoomRefused,
    ZoomUnavailable,
)
from app.zoom.line import encoded
from app.zoom.quota import Quota, Tier
from app.zoom.tokens import choose_api_url
from tests.zoom.stand_in import SECRET, Answer, StandIn, connect, rows, stays

EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "zoom-examples.json").read_text("utf-8"))
UUID = "/aB+c//d=="
REPORT = "/v2/report/meetings/%252FaB%252Bc%252F%252Fd%253D%253D/participants"
PAST = "/v2/past_meetings/%252FaB%252Bc%252F%252Fd%253D%253D"
NUMBER = "86084701483"
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Result = TypeVar("Result")
Run = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def no_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield


@pytest.fixture
def zoom() -> StandIn:
    return StandIn()


@pytest.fixture
def ask(zoom: StandIn, run: Run) -> Callable[[Callable[[Zoom], Awaitable[Any]]], Any]:
    """Do something with a client of the stand-in."""

    async def use(do: Callable[[Zoom], Awaitable[Result]]) -> Result:
        async with connect(zoom, clock=lambda: AT) as client:
            return await do(client)

    return lambda do: run(use(do))


Ask = Callable[[Callable[[Zoom], Awaitable[Any]]], Any]


def test_a_report_page_is_asked_for_by_uuid_with_registrants_and_kept_as_it_came(zoom: StandIn, ask: Ask) -> None:
    body = json.dumps(EXAMPLES["report"]).encode()
    zoom.on(REPORT, Answer(200, body))
    page = ask(lambda client: client.read_report_page(UUID))
    assert page.body == body
    assert (page.total_records, page.next_page_token) == (1, "Tva2CuIdTgsv8wAnhyAdU3m06Y2HuLQtlh3")
    assert [row.name for row in page.rows] == ["example"]
    [call] = zoom.calls(REPORT)
    assert (call.method, call.query) == ("GET", {"page_size": "300", "include_fields": "registrant_id"})
    assert call.authorization == "Bearer token-1"


def test_the_token_is_asked_for_as_zoom_wants_it_and_used_until_shortly_before_its_end(zoom: StandIn, run: Run) -> None:
    zoom.on(PAST, EXAMPLES["past_meeting"])
    now = [0.0]

    async def story() -> None:
        async with connect(zoom, now=lambda: now[0]) as client:
            for moment in (0, 3400, 3500, 3600):
                now[0] = moment
                await client.get_past_meeting(UUID)

    run(story())
    first = zoom.tokens_asked[0]
    assert first.query == {"grant_type": "account_credentials", "account_id": "AAAAAABBBB"}
    assert first.authorization == "Basic " + base64.b64encode(f"client:{SECRET}".encode()).decode()
    assert [call.authorization[-1] for call in zoom.calls(PAST)] == ["1", "1", "2", "2"]


def test_callers_at_the_same_time_share_one_token_and_one_renewal(zoom: StandIn, run: Run) -> None:
    zoom.on(PAST, EXAMPLES["past_meeting"])

    async def story() -> None:
        async with connect(zoom) as client:
            await asyncio.gather(*(client.get_past_meeting(UUID) for _ in range(8)))
            zoom.worn.add("token-1")
            await asyncio.gather(*(client.get_past_meeting(UUID) for _ in range(8)))

    run(story())
    assert len(zoom.tokens_asked) == 2


def test_a_401_renews_the_token_once_and_a_second_one_is_final(zoom: StandIn, ask: Ask) -> None:
    zoom.on(PAST, Answer(401, {"code": 124}))
    with pytest.raises(ZoomNotPermitted) as refused:
        ask(lambda client: client.get_past_meeting(UUID))
    assert refused.value.facts == {"status": 401, "zoom_code": 124}
    assert (len(zoom.calls(PAST)), len(zoom.tokens_asked)) == (2, 2)


@pytest.mark.parametrize(
    ("told", "used"),
    [
        ("https://api-us.zoom.us", "https://api-us.zoom.us/v2"),
        ("https://api-us.zoom.us/v3/", "https://api-us.zoom.us/v3"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/v2"),
        ("http://127.0.0.1:9001", "http://127.0.0.1:9000/v2"),
        ("http://api.zoom.us", "http://127.0.0.1:9000/v2"),
        ("https://me:you@api.zoom.us", "http://127.0.0.1:9000/v2"),
        ("https://api.zoom.us/?a=b", "http://127.0.0.1:9000/v2"),
        ("https://", "http://127.0.0.1:9000/v2"),
        ("https://[", "http://127.0.0.1:9000/v2"),
        ("ftp://api.zoom.us", "http://127.0.0.1:9000/v2"),
        (None, "http://127.0.0.1:9000/v2"),
        (7, "http://127.0.0.1:9000/v2"),
    ],
)
def test_the_address_that_the_token_names_is_used_if_it_can_be_trusted(told: object, used: str) -> None:
    assert choose_api_url(told, "http://127.0.0.1:9000/v2/") == used


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(400, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"}), ZoomNotPermitted),
        (Answer(503, {}), ZoomUnavailable),
        (Answer(429, {}), ZoomUnavailable),
        (Answer(200, b"<html>log in here</html>"), ZoomUnavailable),
        (Answer(200, {"token_type": "bearer"}), ZoomUnavailable),
        (Answer(200, {"access_token": "two\r\nlines"}), ZoomUnavailable),
        (Answer(200, []), ZoomUnavailable),
    ],
)
def test_without_a_token_nothing_is_asked(zoom: StandIn, ask: Ask, answer: Answer, error: type[Exception]) -> None:
    zoom.token = answer
    with pytest.raises(error):
        ask(lambda client: client.get_past_meeting(UUID))
    assert zoom.calls(PAST) == []


def test_a_list_is_read_to_the_empty_token_over_short_and_empty_pages(zoom: StandIn, ask: Ask) -> None:
    path = f"/v2/meetings/{NUMBER}/registrants"
    one = EXAMPLES["registrants"]["registrants"][0]
    pages = [
        {"registrants": [one | {"id": "a"}], "next_page_token": "t1"},
        {"registrants": [], "next_page_token": "t2"},
        {"registrants": [one | {"id": "b"}, one | {"id": "c", "email": None}], "next_page_token": ""},
    ]
    zoom.on(path, *pages)
    found = ask(lambda client: client.list_registrants(NUMBER))
    assert [one.registrant_id for one in found] == ["a", "b", "c"]
    assert found[0] == Registrant("a", "jchill@example.com", "https://example.com/j/11111")
    assert found[2].email == ""
    asked = [call.query for call in zoom.calls(path)]
    assert [call.get("next_page_token") for call in asked] == [None, "t1", "t2"]
    assert asked[0] == {"page_size": "300", "status": "approved"}


def test_the_runs_of_a_number_and_what_zoom_tells_of_one(zoom: StandIn, ask: Ask) -> None:
    zoom.on(f"/v2/past_meetings/{NUMBER}/instances", EXAMPLES["instances"])
    zoom.on(PAST, EXAMPLES["past_meeting"])
    [instance] = ask(lambda client: client.list_instances(NUMBER))
    assert instance == Instance("Vg8IdgluR5WDeWIkpJlElQ==", datetime(2022, 3, 26, 5, 37, 59, tzinfo=UTC))
    assert ask(lambda client: client.get_past_meeting(UUID)) == PastMeeting(
        uuid="4444AAAiAAAAAiAiAiiAii==",
        meeting_id="5638296721",
        start_time=datetime(2021, 7, 13, 21, 44, 51, tzinfo=UTC),
        end_time=datetime(2021, 7, 13, 23, 0, 51, tzinfo=UTC),
        participants_count=2,
        host_id="x1yCzABCDEfg23HiJKl4mN",
    )


def test_a_meeting_is_made_for_batches_of_registrants_and_without_mails(zoom: StandIn, ask: Ask) -> None:
    zoom.on("/v2/users/kominfo@example.go.id/meetings", Answer(201, EXAMPLES["meeting"]))
    starts = datetime.fromisoformat("2026-11-23T07:30:00+08:00")
    made = ask(
        lambda client: client.create_meeting("kominfo@example.go.id", "Apel", starts, 60, registration=True, agenda="a")
    )
    assert made == Meeting(
        meeting_id="97763643886",
        topic="My Meeting",
        agenda="My Meeting",
        starts_at=datetime(2022, 3, 25, 7, 29, 29, tzinfo=UTC),
        minutes=60,
        passcode="123456",
        join_url="https://example.com/j/11111",
        registration=True,
    )
    asked = zoom.asked[-1].body
    settings = asked.pop("settings")
    assert asked == {
        "topic": "Apel",
        "agenda": "a",
        "type": 2,
        "start_time": "2026-11-22T23:30:00Z",
        "duration": 60,
        "timezone": "UTC",
        "default_password": True,
    }
    assert settings["approval_type"] == 0
    assert (settings["registrants_email_notification"], settings["registrants_confirmation_email"]) == (False, False)


def test_a_meeting_is_read_listed_and_moved(zoom: StandIn, ask: Ask) -> None:
    zoom.on(f"/v2/meetings/{NUMBER}", EXAMPLES["meeting"], Answer(204, b""))
    zoom.on("/v2/users/me/meetings", EXAMPLES["meetings"] | {"next_page_token": ""})
    assert ask(lambda client: client.get_meeting(NUMBER)).passcode == "123456"
    ask(lambda client: client.update_meeting(NUMBER, "Apel", AT, 45))
    assert (zoom.asked[-1].method, zoom.asked[-1].body) == (
        "PATCH",
        {"topic": "Apel", "start_time": "2026-11-23T01:00:00Z", "duration": 45, "timezone": "UTC"},
    )
    [listed] = ask(lambda client: client.list_meetings("me"))
    assert (listed.meeting_id, listed.passcode, listed.registration) == ("97763643886", "", False)


def test_registrants_are_added_alone_and_in_batches_of_thirty(zoom: StandIn, ask: Ask) -> None:
    batch, single = f"/v2/meetings/{NUMBER}/batch_registrants", f"/v2/meetings/{NUMBER}/registrants"
    zoom.on(batch, Answer(200, EXAMPLES["batch"]))
    zoom.on(single, Answer(201, EXAMPLES["registrant"]))
    new = NewRegistrant("R1@apel.example.go.id", "[DISDIK] Ruang " + "x" * 80)
    assert ask(lambda client: client.add_registrant(NUMBER, new)) == Registrant(
        "fdgsfh2ey82fuh", "r1@apel.example.go.id", "https://example.com/j/11111"
    )
    assert zoom.asked[-1].body == {"email": "R1@apel.example.go.id", "first_name": "[DISDIK] Ruang " + "x" * 49}
    [added] = ask(lambda client: client.add_registrants(NUMBER, [new] * 30))
    assert added.registrant_id == "9tboDiHUQAeOnbmudzWa5g"
    assert zoom.asked[-1].body["registrants_confirmation_email"] is False
    with pytest.raises(ValueError, match="30"):
        ask(lambda client: client.add_registrants(NUMBER, [new] * 31))


@pytest.mark.parametrize(
    ("answer", "seats"),
    [
        (Answer(200, {"feature": {"meeting_capacity": 300}}), 300),
        (Answer(200, {"feature": {}}), None),
        (Answer(200, {}), None),
        (Answer(400, {"code": 4711, "message": "Invalid access token, does not contain scopes"}), None),
    ],
)
def test_the_seats_are_known_where_zoom_tells_them(zoom: StandIn, ask: Ask, answer: Answer, seats: int | None) -> None:
    zoom.on("/v2/users/me/settings", answer)
    assert ask(lambda client: client.get_seats("me")) == seats


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(404, {"code": 3001}), ZoomNotFound),
        (Answer(403, {}), ZoomNotPermitted),
        (Answer(400, {"code": 4711}), ZoomNotPermitted),
        (Answer(400, {"code": 200, "message": "Only available for Paid or ZMP account"}), ZoomNotPermitted),
        (Answer(400, {"code": 12702}), ZoomRefused),
        (Answer(400, b"\xff"), ZoomRefused),
        (Answer(302, b"", {"location": "http://elsewhere.test"}), ZoomRefused),
        (Answer(500, {}), ZoomUnavailable),
        (Answer(200, b"<html>proxy</html>"), ZoomUnavailable),
        (Answer(200, {"participants": None}), ZoomUnavailable),
    ],
)
def test_each_answer_has_its_error(zoom: StandIn, ask: Ask, answer: Answer, error: type[Exception]) -> None:
    zoom.on(REPORT, answer)
    with pytest.raises(error) as refused:
        ask(lambda client: client.read_report_page(UUID))
    assert type(refused.value) is error


def test_an_expired_page_token_is_told_from_other_refusals(zoom: StandIn, ask: Ask) -> None:
    zoom.on(REPORT, Answer(400, {"code": 300, "message": "The next page token is invalid or expired."}))
    with pytest.raises(PageTokenExpired):
        ask(lambda client: client.read_report_page(UUID, "t1"))
    with pytest.raises(ZoomRefused) as refused:
        ask(lambda client: client.read_report_page(UUID))
    assert not isinstance(refused.value, PageTokenExpired)


def test_a_question_is_repeated_when_zoom_stumbles_but_what_makes_something_is_not(zoom: StandIn, ask: Ask) -> None:
    zoom.on(PAST, Answer(502, b""), Answer(500, b""), Answer(200, EXAMPLES["past_meeting"]))
    assert ask(lambda client: client.get_past_meeting(UUID)).meeting_id == "5638296721"
    zoom.on("/v2/users/me/meetings", Answer(502, b""), Answer(201, EXAMPLES["meeting"]))
    with pytest.raises(ZoomUnavailable):
        ask(lambda client: client.create_meeting("me", "Apel", AT, 60, registration=False))
    assert len(zoom.calls("/v2/users/me/meetings")) == 1


class Broken(httpx.AsyncBaseTransport):
    """A line that fails a few times."""

    def __init__(self, inner: httpx.AsyncBaseTransport, *failures: Exception) -> None:
        self.inner, self.failures, self.tries = inner, list(failures), 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/oauth/token":
            self.tries += 1
            if self.failures:
                raise self.failures.pop(0)
        return await self.inner.handle_async_request(request)


@pytest.mark.parametrize(
    ("failure", "tries"),
    [(httpx.ConnectError("no route"), 2), (httpx.ConnectTimeout("slow"), 2), (httpx.ReadTimeout("silence"), 1)],
    ids=["never connected: sent again", "no answer to the handshake: sent again", "may have arrived: not sent again"],
)
def test_a_creation_is_sent_again_only_if_it_never_left(
    zoom: StandIn, run: Run, failure: Exception, tries: int
) -> None:
    zoom.on("/v2/users/me/meetings", Answer(201, EXAMPLES["meeting"]))
    line = Broken(httpx.ASGITransport(app=zoom), failure)

    async def story() -> None:
        async with connect(line) as client:
            await client.create_meeting("me", "Apel", AT, 60, registration=False)

    if tries == 2:
        run(story())
    else:
        with pytest.raises(ZoomUnavailable):
            run(story())
    assert line.tries == tries


def test_a_short_limit_is_waited_out_and_a_long_one_is_told(zoom: StandIn, ask: Ask) -> None:
    good = EXAMPLES["past_meeting"]
    zoom.on(PAST, Answer(429, b"", {"retry-after": "2"}), Answer(429, b""), Answer(200, good))
    assert ask(lambda client: client.get_past_meeting(UUID)).meeting_id == "5638296721"
    zoom.on(PAST, Answer(429, b"", {"retry-after": "90"}), Answer(200, good))
    with pytest.raises(ZoomBusy) as busy:
        ask(lambda client: client.get_past_meeting(UUID))
    assert busy.value.retry_after == timedelta(seconds=90)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "2026-11-23T01:01:00Z"}, 60),
        ({"retry-after": "2026-11-23T09:01:00+08:00"}, 60),
        ({"retry-after": "Mon, 23 Nov 2026 01:02:00 GMT"}, 120),
        ({"retry-after": "Mon, 23 Nov 2026 00:00:00 GMT"}, 1),
        ({"retry-after": "99999999999"}, 86_400),
        ({"retry-after": "2099-01-01T00:00:00Z"}, 86_400),
        ({"retry-after": "later"}, 2),
        ({"retry-after": "1 Nov 2026 00:00:00 +999999999"}, 2),
        ({}, 2),
        ({"x-ratelimit-type": "Daily-limit"}, 3600),
        ({"x-ratelimit-type": "QPS"}, 2),
    ],
)
def test_how_long_a_limit_lasts(headers: dict[str, str], seconds: int) -> None:
    assert read_pause(headers, AT) == timedelta(seconds=seconds)


@given(st.text() | st.from_regex(r"(Mon, )?[0-9]{1,12} (Nov|Xyz) [0-9]{1,8} [0-9:]{1,9}( GMT| [+-][0-9]{1,9})?"))
def test_whatever_a_limit_says_is_some_time_within_a_day(written: str) -> None:
    assert timedelta() <= read_pause({"retry-after": written}, AT) <= timedelta(days=1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "uuid id start_time end_time participants_count meetings registrants participants next_page_token total_records "
    "join_url registrant_id email settings approval_type feature meeting_capacity duration join_time code status"
)
ODD = st.dictionaries(st.sampled_from(FIELDS.split()), JSON | st.lists(st.dictionaries(
    st.sampled_from(FIELDS.split()), JSON, max_size=6), max_size=2), max_size=8)  # fmt: skip
SOMEBODY = NewRegistrant("ruang@apel.example.go.id", "[DISDIK] Ruang")
METHODS: dict[str, Callable[[Zoom], Awaitable[Any]]] = {
    f"/v2/past_meetings/{NUMBER}/instances": lambda client: client.list_instances(NUMBER),
    PAST: lambda client: client.get_past_meeting(UUID),
    REPORT: lambda client: client.read_report_page(UUID),
    f"/v2/meetings/{NUMBER}": lambda client: client.get_meeting(NUMBER),
    "/v2/users/me/meetings": lambda client: client.create_meeting("me", "Apel", AT, 60, registration=True),
    f"/v2/meetings/{NUMBER}/registrants": lambda client: client.list_registrants(NUMBER),
    f"/v2/meetings/{NUMBER}/batch_registrants": lambda client: client.add_registrants(
        NUMBER, [NewRegistrant("a", "b")]
    ),
    "/v2/users/me/settings": lambda client: client.get_seats("me"),
}


@pytest.mark.parametrize("path", METHODS)
@given(answer=ODD | JSON, status=st.sampled_from([200, 200, 200, 400, 404, 429, 500]))
@hypothesis.settings(max_examples=40, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_whatever_zoom_answers_is_understood_or_refused(run: Run, path: str, answer: Any, status: int) -> None:
    """A list whose token never ends is cut by Zoom's own refusal here."""
    zoom = StandIn()
    zoom.on(path, Answer(status, answer), Answer(400, {"code": 300}))

    async def story() -> None:
        async with connect(zoom, clock=lambda: AT) as client:
            await METHODS[path](client)

    with suppress(Refusal):
        run(story())


@pytest.mark.parametrize("api_url", ["https://exa mple.com", "https://a..b/", "https://\\x"])
def test_an_address_that_leads_nowhere_is_no_crash(zoom: StandIn, ask: Ask, api_url: str) -> None:
    zoom.api_url = api_url
    with pytest.raises(Refusal):
        ask(lambda client: client.get_past_meeting(UUID))


def test_a_check_tells_whether_zoom_lets_us_in(zoom: StandIn, ask: Ask) -> None:
    ask(lambda client: client.check())
    assert [one.raw_path for one in zoom.asked] == ["/oauth/token"]
    zoom.token = Answer(400, {"error": "invalid_client"})
    with pytest.raises(ZoomNotPermitted):
        ask(lambda client: client.check())


@pytest.mark.parametrize("tier", Tier)
def test_in_no_second_more_than_half_of_the_quota_is_used(run: Run, tier: Tier) -> None:
    now, begun = [0.0], []

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    async def story() -> None:
        quota = Quota(lambda: now[0], sleep)
        for number in range(100):
            await quota.wait_turn(tier)
            begun.append(now[0])
            now[0] += 1 / 64 if number % 7 else 1 / 16

    run(story())
    assert max(sum(start <= other < start + 1.0 for other in begun) for start in begun) == tier.value // 2


def test_those_who_wait_for_a_turn_at_the_same_time_get_one_each(run: Run) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def story() -> None:
        quota = Quota(lambda: 10.0, sleep)
        await asyncio.gather(*(quota.wait_turn(Tier.HEAVY) for _ in range(12)))

    run(story())
    assert slept == [1.0] * 5 + [2.0] * 2


def test_a_uuid_survives_the_path_whatever_it_holds() -> None:
    assert encoded("/aB+c//d==") == "%252FaB%252Bc%252F%252Fd%253D%253D"
    assert encoded(NUMBER) == NUMBER


@pytest.mark.parametrize(
    "answer",
    [Answer(400, {"code": 1, "message": "Siti 198501012010011001"}), Answer(500, b"Siti"), Answer(200, b"Siti")],
)
def test_no_error_and_no_log_tells_the_secret_a_token_or_a_body(zoom: StandIn, ask: Ask, answer: Answer) -> None:
    zoom.on(REPORT, answer)
    with capture_logs() as logs, pytest.raises(Refusal) as refused:
        ask(lambda client: client.read_report_page(UUID))
    told = f"{logs} {refused.value!r} {refused.value.facts} {refused.value.__cause__}"
    for hidden in (SECRET, "token-1", "Siti", "198501012010011001"):
        assert hidden not in told


def test_there_is_a_client_only_with_all_credentials(tmp_path: Path, zoom: StandIn, run: Run) -> None:
    named: dict[str, Any] = {"zoom_account_id": "a", "zoom_client_id": "c", "zoom_client_secret": SECRET}
    for name in named:
        assert open_zoom(Settings(data_dir=tmp_path, **{key: named[key] for key in named if key != name})) is None
    named |= {"zoom_api_url": "http://zoom.test/v2", "zoom_token_url": "http://zoom.test/oauth/token"}
    client = open_zoom(Settings(data_dir=tmp_path, **named), httpx.ASGITransport(app=zoom))
    zoom.on(REPORT, rows(*stays(2)))

    async def story() -> int:
        assert client is not None
        async with client:
            return len((await client.read_report_page(UUID)).rows)

    assert run(story()) == 2
