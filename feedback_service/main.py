"""Wires the rooms to one process: settings -> store, promises, portal -> application -> server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from feedback_service.settings import Settings, SettingsError, check, secret_of
from feedback_service.store import Store, open_store


def open_service_store(settings: Settings) -> Store:
    """
    Open the store that settings name, with every promise that clocks may ask for.

    Raises: SettingsError, StoreError, SlaFileError: In words for the operator.
    """
    check(settings)
    if not settings.database_url and not settings.data.is_dir():
        raise SettingsError(f"There is no folder {settings.data}. Make it, for the service alone: mkdir -m 700 {settings.data}")
    store = open_store(settings.data, settings.database_url)
    try:
        _promise(store, settings)
    except BaseException:
        store.close()
        raise
    return store


def serve(settings: Settings, tell: Callable[[str], None]) -> None:
    """
    Serve until asked to stop (SIGTERM, SIGINT); requests under way are ended first.

    Args:
        tell: Called with the address once requests are taken.
    Raises: SettingsError, StoreError, SlaFileError, OSError: The service could not start.
    """
    from feedback_service.http.app import make_app
    from feedback_service.http.server import listen, make_server
    from feedback_service.http.service import ManifestFile, Service
    from feedback_service.http.throttle import Throttle

    store = open_service_store(settings)
    try:
        with listen(settings.host, settings.port) as door:
            settings = replace(settings, port=door.getsockname()[1])
            service = Service(store, settings, secret_of(settings), ManifestFile(settings.manifest), Throttle(settings.flood))
            tell(f"{settings.url}/")
            make_server(make_app(service)).run(sockets=[door])
    finally:
        store.close()


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
