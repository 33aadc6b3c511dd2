"""The one place that knows every part: `create_app(settings)` wires rooms, authentication and background loops."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache, partial

import structlog
from fastapi import APIRouter, FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from app import schema
from app.accounts import own_routes
from app.accounts import page_routes as account_pages
from app.accounts import routes as accounts
from app.accounts.authentication import make_authenticate
from app.accounts.oidc import open_oidc
from app.accounts.tokens import load_keys
from app.apel import calendar_routes
from app.apel import routes as apel
from app.attendance import contest_routes, spot_routes
from app.attendance import routes as attendance
from app.audit import routes as audit
from app.background import CONCLUSION, count_waiting, loops
from app.behaviour import routes as behaviour
from app.behaviour import training_routes
from app.board import history_routes
from app.board import page_routes as board_pages
from app.board import routes as board
from app.board import stream_routes as board_stream
from app.board.callers import admits_viewer
from app.board.frames import Frames
from app.board.hub import FRAMES, Hub
from app.calendar import routes as calendar
from app.circulars import routes as circulars
from app.composite import routes as composite
from app.core.bell import Bell
from app.core.clock import utc_now
from app.core.db import Surroundings, make_engine, make_sessions
from app.core.embedded import start_embedded
from app.core.keys import load_audit_key
from app.core.logs import configure_logs
from app.core.settings import Settings, load_settings, unknown_variables
from app.core.ticker import Ticker
from app.counters import routes as counters
from app.decisions import letters_routes, reward_routes
from app.decisions import routes as decisions
from app.deposits import routes as deposits
from app.duty import routes as duty
from app.duty import shift_routes
from app.enactment import routes as enactment
from app.evidence import alias_routes
from app.evidence import routes as evidence
from app.exports import routes as exports
from app.flexwork import routes as flexwork
from app.livestreams import permit_routes, stream_routes
from app.livestreams import routes as livestreams
from app.notifications import routes as notifications
from app.notifications.delivering import Courier
from app.notifications.outgoing import outgoing
from app.notifications.sending import Sender
from app.office import page_routes as office_pages
from app.openapi.document import describe
from app.openapi.naming import operation_id
from app.performance import import_routes as performance_imports
from app.performance import routes as performance
from app.policies import routes as policies
from app.privacy import page_routes
from app.privacy import routes as privacy
from app.registry import routes as registry
from app.reports import page_routes as report_pages
from app.reports import routes as reports
from app.scoring import routes as scoring
from app.sheets import routes as sheets
from app.tpp import routes as tpp
from app.web import operation, pages
from app.web.cross_origin import CrossOrigin
from app.web.leaving import when_told_to_stop
from app.web.problems import install_problems
from app.workdays import routes as workdays
from app.zoom import apel_routes as zoom_of_apel
from app.zoom import routes as zoom
from app.zoom.client import open_zoom
from app.zoom.door import Door
from app.zoom.ingest import Ingest
from app.zoom.webhook import WebhookEntry

ROUTERS: tuple[APIRouter, ...] = (
    zoom.router,
    zoom_of_apel.router,
    reports.router,
    board_stream.router,
    board.router,
    history_routes.router,
    apel.router,
    evidence.router,
    alias_routes.router,
    attendance.router,
    contest_routes.router,
    spot_routes.router,
    composite.router,
    scoring.router,
    reward_routes.router,
    decisions.router,
    letters_routes.router,
    own_routes.router,
    account_pages.router,
    tpp.router,
    exports.router,
    sheets.router,
    sheets.pages,
    accounts.router,
    registry.router,
    duty.router,
    performance.router,
    performance_imports.router,
    behaviour.router,
    training_routes.router,
    circulars.router,
    deposits.router,
    deposits.baskets,
    shift_routes.router,
    livestreams.router,
    permit_routes.router,
    flexwork.router,
    counters.router,
    stream_routes.router,
    workdays.router,
    calendar_routes.router,
    calendar.router,
    enactment.router,
    policies.router,
    notifications.router,
    audit.router,
    privacy.router,
    board_pages.router,
    page_routes.router,
    office_pages.router,
    report_pages.router,
    pages.router,
    operation.router,
)
"""Every room's routes; those that many call at once come first, since a later route costs a little more."""

_log = structlog.get_logger("apel")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service; settings are read from the environment at start when none are given."""
    app = FastAPI(
        title="Apel Virtual",
        version="0.1.0",
        lifespan=_live,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        webhooks=outgoing,
    )
    app.state.settings = settings
    app.state.clock = utc_now
    app.state.zoom = None
    app.state.oidc = None
    app.state.door = Door()
    app.state.serves = True
    app.state.keys = cache(lambda: load_keys(app.state.settings))
    app.state.authenticate = make_authenticate(app.state.keys)
    app.state.frames = Frames()
    app.state.hub = Hub(app.state.frames, admits_viewer, lambda: app.state.ticker.wake(FRAMES))
    app.state.ticker = Ticker(loops(app))
    app.state.count_waiting = count_waiting
    install_problems(app)
    app.add_middleware(CrossOrigin)
    app.add_middleware(WebhookEntry)
    for router in ROUTERS:
        app.include_router(router)
    describe(app)
    return app


@asynccontextmanager
async def _live(app: FastAPI) -> AsyncGenerator[None]:
    """Open everything a serving process needs and close it in reverse order."""
    async with AsyncExitStack() as opened:
        settings = app.state.settings = app.state.settings or load_settings()
        configure_logs(settings.log_format, quiet=settings.sample)
        app.state.keys()
        for name in unknown_variables():
            _log.warning("unknown variable", name=name)
        engine = await opened.enter_async_context(connect(settings))
        url = engine.url.render_as_string(hide_password=False)
        bell = Bell(url)
        surroundings = Surroundings(settings.zone, load_audit_key(settings))
        app.state.sessions = make_sessions(engine, surroundings, **bell.for_sessions)
        ingest = app.state.ingest = Ingest(url)
        await ingest.start()
        opened.push_async_callback(ingest.stop)
        client = app.state.zoom = open_zoom(settings)
        if client is not None:
            await opened.enter_async_context(client)
        provider = app.state.oidc = open_oidc(settings)
        if provider is not None:
            await opened.enter_async_context(provider)
        courier = app.state.courier = Courier(Sender(settings.listed_hosts))
        opened.push_async_callback(courier.stop)
        app.state.ticker.start()
        opened.push_async_callback(app.state.ticker.stop)
        for name in (CONCLUSION, FRAMES):
            bell.listen(partial(app.state.ticker.wake, name))
        bell.start()
        opened.push_async_callback(bell.stop)
        if app.state.serves:
            app.state.hub.start(app.state.sessions, app.state.clock, settings)
            opened.enter_context(when_told_to_stop(app.state.hub.close))
        yield


@asynccontextmanager
async def connect(settings: Settings) -> AsyncGenerator[AsyncEngine]:
    """The engine on the configured database, checked but never migrated; else on the embedded one, migrated."""
    async with AsyncExitStack() as opened:
        if settings.database_url is not None:
            url = settings.database_url.get_secret_value()
        else:
            embedded = await asyncio.to_thread(start_embedded, settings.data_dir)
            opened.push_async_callback(asyncio.to_thread, embedded.close)
            url = embedded.url
            await schema.migrate(url)
        engine = make_engine(url)
        opened.push_async_callback(engine.dispose)
        await schema.check_schema(engine)
        yield engine


app = create_app()
