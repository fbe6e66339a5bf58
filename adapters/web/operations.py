"""Health, metrics, robots.txt, the site map and the API documentation."""

from typing import Any

from litestar import MediaType, Response, get
from litestar.connection import Request
from litestar.exceptions import NotFoundException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import FromPath
from litestar.response import Redirect
from prometheus_client import generate_latest

from adapters.web.dependencies import Given
from adapters.web.language import preferred_language
from adapters.web.outer.request_metrics import RequestMetrics
from adapters.web.pages import Pages
from adapters.web.problems import problem_codes
from core.domain.errors import NotFound
from core.domain.text import LANGUAGES
from ports.catalogue.queries import CatalogueQueries
from ports.errors import Unavailable
from ports.schema import Readiness

SITEMAP_PRODUCTS = 20_000
MAX_SITEMAP_DIGITS = 4


@get("/health/live", include_in_schema=False, sync_to_thread=False)
def live() -> dict[str, str]:
    """Liveness: the process answers."""
    return {"status": "live"}


@get("/health/ready", include_in_schema=False)
async def ready(readiness: Given[Readiness]) -> Response[dict[str, str]]:
    """Readiness: the database accepts writes, with the schema that this version needs."""
    try:
        await readiness()
    except Unavailable:
        return Response({"status": "the database does not accept writes"}, status_code=503)
    return Response({"status": "ready"})


@get("/metrics", include_in_schema=False, sync_to_thread=False)
def metrics(
    request_metrics: Given[RequestMetrics], metrics_on_shop: Given[bool]
) -> Response[bytes]:
    """For a demo. Otherwise they have a port of their own: visitors have no business there."""
    if not metrics_on_shop:
        raise NotFoundException
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
async def sitemap_index(
    catalogue_queries: Given[CatalogueQueries], base_url: Given[str]
) -> Response[str]:
    """An index: one file may have 50,000 addresses (sitemaps.org)."""
    pages = -(-await catalogue_queries.published() // SITEMAP_PRODUCTS)
    files = [f"{base_url}/sitemap/{page}.xml" for page in range(pages + 1)]
    rows = "".join(f"<sitemap><loc>{file}</loc></sitemap>" for file in files)
    return _sitemap("sitemapindex", rows)


@get("/sitemap/{file:str}", include_in_schema=False)
async def sitemap(
    file: FromPath[str], catalogue_queries: Given[CatalogueQueries], base_url: Given[str]
) -> Response[str]:
    """``0.xml`` has the home page and the categories, the other files have products."""
    number = file.removesuffix(".xml")
    if not number.isascii() or not number.isdigit() or len(number) > MAX_SITEMAP_DIGITS:
        raise NotFound("page", file)
    if int(number) == 0:
        tree = await catalogue_queries.categories(LANGUAGES[0])
        paths = ["", *(f"/c/{each.slug}" for each in tree)]
    else:
        skipped = (int(number) - 1) * SITEMAP_PRODUCTS
        handles = await catalogue_queries.handles(SITEMAP_PRODUCTS, skipped)
        paths = [f"/p/{handle}" for handle in handles]
    rows = "".join(
        f"<url><loc>{base_url}/{language}{path}</loc></url>"
        for path in paths
        for language in LANGUAGES
    )
    return _sitemap("urlset", rows)


def _sitemap(element: str, rows: str) -> Response[str]:
    return Response(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{element} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{element}>\n',
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


handlers = [
    live,
    ready,
    metrics,
    redirect_to_language,
    favicon,
    robots,
    sitemap_index,
    sitemap,
    api_documentation,
]
