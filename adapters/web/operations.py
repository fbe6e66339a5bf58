"""Health, metrics, robots.txt, the site map and the API documentation."""

from typing import Any

from litestar import MediaType, Response, get
from litestar.connection import Request
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.response import Redirect
from prometheus_client import generate_latest
from sqlalchemy.exc import SQLAlchemyError

from adapters.web.dependencies import Given
from adapters.web.language import preferred_language
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.pages import Pages
from adapters.web.problems import problem_codes
from core.application.catalogue.browsing import BrowseProducts
from core.domain.text import LANGUAGES
from ports.catalogue.queries import CatalogueQueries
from ports.search import SearchQuery, Sort

SITEMAP_PRODUCTS = 100


@get("/health/live", include_in_schema=False, sync_to_thread=False)
def live() -> dict[str, str]:
    """Liveness: the process answers."""
    return {"status": "live"}


@get("/health/ready", include_in_schema=False)
async def ready(catalogue_queries: Given[CatalogueQueries]) -> Response[dict[str, str]]:
    """Readiness: the database answers, with the schema that this version needs."""
    try:
        await catalogue_queries.version()
    except (SQLAlchemyError, OSError):
        return Response({"status": "the database does not answer"}, status_code=503)
    return Response({"status": "ready"})


@get("/metrics", include_in_schema=False, sync_to_thread=False)
def metrics(request_metrics: Given[RequestMetrics]) -> Response[bytes]:
    return Response(
        generate_latest(request_metrics.registry),
        media_type="text/plain; version=0.0.4; charset=utf-8",
    )


@get("/", include_in_schema=False, sync_to_thread=False)
def redirect_to_language(request: Request[Any, Any, Any]) -> Redirect:
    language = preferred_language(request.headers.get("accept-language", ""))
    return Redirect(f"/{language}", status_code=302, headers={"vary": "accept-language"})


@get("/favicon.ico", include_in_schema=False, sync_to_thread=False)
def favicon() -> Redirect:
    return Redirect("/static/icon.svg", status_code=302)


@get("/robots.txt", include_in_schema=False, sync_to_thread=False, media_type=MediaType.TEXT)
def robots(base_url: Given[str]) -> str:
    private = "".join(
        f"Disallow: /{language}/{path}\n"
        for language in LANGUAGES
        for path in ("admin", "cart", "checkout", "account", "orders", "search")
    )
    return f"User-agent: *\n{private}Sitemap: {base_url}/sitemap.xml\n"


@get("/sitemap.xml", include_in_schema=False)
async def sitemap(
    browse_products: Given[BrowseProducts],
    catalogue_queries: Given[CatalogueQueries],
    base_url: Given[str],
) -> Response[str]:
    """All categories and the newest products, in each language."""
    listing = await browse_products(
        SearchQuery(sort=Sort.NEWEST, limit=SITEMAP_PRODUCTS), LANGUAGES[0]
    )
    paths = ["", *(f"/c/{each.slug}" for each in await catalogue_queries.categories(LANGUAGES[0]))]
    paths += [f"/p/{card.handle}" for card in listing.products]
    rows = "".join(
        f"<url><loc>{base_url}/{language}{path}</loc></url>"
        for path in paths
        for language in LANGUAGES
    )
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>\n',
        media_type="application/xml",
    )


@get("/docs", include_in_schema=False)
async def api_documentation(
    request: Request[Any, Any, Any], pages: Given[Pages]
) -> Response[bytes]:
    """The API documentation as one page, without resources from other sites."""
    language = preferred_language(request.headers.get("accept-language", ""))
    schema = request.app.openapi_schema.to_schema()
    return Response(
        pages.render(
            "api.html", language, {"schema": schema, "path": "/docs", "codes": problem_codes()}
        ),
        media_type="text/html",
    )


def openapi(version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Entrepot",
        version=version,
        description=(
            "The JSON API of the shop. Amounts are minor units with their currency, times are UTC. "
            "Errors are `application/problem+json` with a stable `code`. POST requests accept an "
            "`Idempotency-Key`. Sign in with `POST /api/v1/sessions` and send the token as "
            "`Authorization: Bearer …`. Choose a language with `Accept-Language`."
        ),
        path="/schema",
        render_plugins=[JsonRenderPlugin(media_type=MediaType.JSON)],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={
                "session": SecurityScheme(
                    type="http", scheme="bearer", description="A session token."
                )
            }
        ),
        security=[{"session": []}, {}],
    )


handlers = [live, ready, metrics, redirect_to_language, favicon, robots, sitemap, api_documentation]
