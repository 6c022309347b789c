"""Wires the rooms to one process: settings -> store, promises, portal -> application -> server."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from feedback_service.rules import NO_RULES, Rules
from feedback_service.settings import Settings, SettingsError, check, secrets_of
from feedback_service.store import Store, open_store

if TYPE_CHECKING:
    from feedback_service.worker import Job


def open_service_store(settings: Settings, patience: float = 0.0) -> Store:
    """
    Open the store that settings name, with every promise that clocks may ask for.

    Args:
        patience: Seconds that a command waits for a service to let it write beside it; 0: a service itself.
    Raises: SettingsError, StoreError, FlawedFileError: In words for the operator.
    """
    check(settings)
    if not settings.database_url and not settings.data.is_dir():
        raise SettingsError(f"There is no folder {settings.data}. Make it, for the service alone: mkdir -m 700 {settings.data}")
    store = open_store(settings.data, settings.database_url, patience=patience)
    try:
        _promise(store, settings)
        store.rules = _rules(settings)
    except BaseException:
        store.close()
        raise
    return store


def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """
    Serve until asked to stop (SIGTERM, SIGINT); requests under way are ended first.

    Args:
        tell: Called with the address once requests are taken.
    Raises: SettingsError, StoreError, FlawedFileError, OSError: The service could not start.
    """
    from feedback_service.desk.routes import desk_routes, furnish
    from feedback_service.http.agents import ROUTES as AGENTS_ROUTES
    from feedback_service.http.app import make_app
    from feedback_service.http.metrics import metered
    from feedback_service.http.server import listen, make_server
    from feedback_service.http.service import ManifestFile, Service
    from feedback_service.http.throttle import Throttle
    from feedback_service.logs import set_up
    from feedback_service.signin import Doorkeeper
    from feedback_service.store.figures import is_used

    set_up()
    store = open_service_store(settings)
    try:
        with listen(settings.host, settings.port) as door:
            settings = replace(settings, port=door.getsockname()[1])
            secret, *old = secrets_of(settings, lambda: store.read(is_used))
            throttle = Throttle(settings.flood)
            service = Service(store, settings, secret, ManifestFile(settings.manifest), throttle, old_secrets=tuple(old))
            tell(f"{settings.url}/")
            app = make_app(service, [*AGENTS_ROUTES, *desk_routes()], jobs_of(store, settings, os.environ))
            furnish(app.state, Doorkeeper(store))
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, _ended)
            gc.collect()
            gc.freeze()  # what lives as long as the service is not looked through again and again: that took 50 ms, and everybody waited
            with metered(app, store, settings.metrics_port) as counted:
                make_server(counted).run(sockets=[door])
    finally:
        store.close()


def _ended(*_: object) -> None:
    """Do nothing: uvicorn, which took the signal and has ended, raises it once more, and what is open is still to be closed."""


def work_alone(settings: Settings, tell: Callable[[], None]) -> None:
    """
    Do the worker's jobs until asked to stop (SIGTERM, SIGINT); a round under way is ended first.

    Args:
        tell: Called once the work begins.
    Raises: SettingsError, StoreError, FlawedFileError: The worker could not start.
    """
    from feedback_service.logs import set_up
    from feedback_service.worker import work

    set_up()
    store = open_service_store(settings)

    async def run() -> None:
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        tell()
        await work(jobs, stop)

    try:
        jobs = jobs_of(store, settings, os.environ)
        asyncio.run(run())
    finally:
        store.close()


def jobs_of(store: Store, settings: Settings, environ: Mapping[str, str]) -> list[Job]:
    """
    List what the worker does.

    Args:
        environ: Holds the secret of each webhook.
    Raises: SettingsError: If one is missing, or the mail servers cannot be understood.
    """
    from feedback_service.mail.jobs import mail_jobs
    from feedback_service.worker import forget_job, sweep_job, time_job, webhook_job

    jobs = [time_job(store), forget_job(store), sweep_job(store), *mail_jobs(store, settings)]
    if webhooks := store.rules.webhooks:
        from feedback_service.sender import Sender, secrets_from

        try:
            secrets = secrets_from(environ, webhooks)
        except ValueError as error:
            raise SettingsError(str(error)) from None
        jobs.append(webhook_job(Sender(store, webhooks, secrets, networks=settings.webhook_networks)))
    return jobs


def _rules(settings: Settings) -> Rules:
    """Read the file of rules.  A team that nobody is in today is no reason not to start: `rules check` tells of it."""
    from feedback_service.rules.file import load_rules

    if settings.rules is None:
        return NO_RULES
    try:
        text = settings.rules.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"The file of rules {settings.rules} cannot be read: {error}.") from None
    return load_rules(text, str(settings.rules))


def _promise(store: Store, settings: Settings) -> None:
    """Read the SLA file, and keep it for the clocks that start under it."""
    from feedback_service.http.service import utc_now
    from feedback_service.sla import Sla
    from feedback_service.sla_file import load_sla
    from feedback_service.store.promises import kept_book, promise

    if settings.sla is None:
        store.promises = store.read(kept_book, Sla("none"))
        return
    try:
        text = settings.sla.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise SettingsError(f"The SLA file {settings.sla} cannot be read: {error}.") from None
    store.promises = store.write(promise, load_sla(text, str(settings.sla)), text, utc_now())
