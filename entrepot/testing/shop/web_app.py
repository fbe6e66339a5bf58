"""Web apps that several shops share, because building one takes longer than most tests."""

from litestar import Litestar

from adapters.web.app import WebParts, build, plugin_apps_of, serve
from adapters.web.outer.app import OuterApp

APPS: dict[tuple[object, ...], Litestar] = {}
"""By routes and limits."""


def app_of(parts: WebParts) -> OuterApp:
    """The app of the shop of a test. Shops with the same routes share one, one after the other."""
    plugins = (tuple(each.paths) for each in plugin_apps_of(parts).values())
    pages = tuple((each.page.path, each.page.takes_forms) for each in parts.content.pages)
    key = (parts.rate_limits.log_in_attempts_per_minute, pages, *plugins)
    if key in APPS:
        return serve(APPS[key], parts)
    app = build(parts)
    APPS[key] = app.app
    return app
