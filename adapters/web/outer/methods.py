"""HTTP methods that a path allows, for OPTIONS and for the ``Allow`` header."""

from typing import cast

from litestar import Litestar
from litestar.exceptions import HTTPException, MethodNotAllowedException
from litestar.types import Method
from litestar.utils import normalize_path


def allowed_methods(app: Litestar, path: str) -> str:
    """Sorted and separated by commas; empty if the path does not exist.

    Litestar's own list is unordered, and misses methods that another handler of the path has.
    """
    try:
        app.asgi_router.handle_routing(path=normalize_path(path), method=cast("Method", "NONE"))
    except MethodNotAllowedException as error:
        methods = set((error.headers or {}).get("allow", "").split(", "))
        if "GET" in methods:
            methods.add("HEAD")
        return ", ".join(sorted(methods | {"OPTIONS"}))
    except HTTPException:
        return ""
    return "GET, HEAD, OPTIONS"
