"""What the three roles could do when a route named roles and no permissions.

By area; a route is its method and the rest of its path.
"""

from core.domain.staff import AUDITOR, CLERK, MANAGER, RoleCode

Roles = frozenset[RoleCode]

ALL: Roles = frozenset({MANAGER, CLERK, AUDITOR})
SHOP: Roles = frozenset({MANAGER, CLERK})
MANAGERS: Roles = frozenset({MANAGER})
EVIDENCE: Roles = frozenset({MANAGER, AUDITOR})

PAGES: dict[str, dict[str, Roles]] = {
    "": {
        "GET": ALL,
    },
    "coupon-batches": {
        "GET": SHOP,
        "GET {batch:str}": SHOP,
        "POST": MANAGERS,
        "POST {batch:str}/codes": MANAGERS,
        "POST {batch:str}/end": MANAGERS,
        "POST {batch:str}/revoke": MANAGERS,
    },
    "evidence": {
        "GET": EVIDENCE,
        "POST disclosures": EVIDENCE,
        "POST disclosures/{disclosure_id:uuid}/approve": EVIDENCE,
        "POST disclosures/{disclosure_id:uuid}/read": EVIDENCE,
        "POST pack": EVIDENCE,
    },
    "orders": {
        "GET": SHOP,
        "GET {number:str}": SHOP,
        "POST {number:str}/chargebacks": SHOP,
        "POST {number:str}/holds": SHOP,
        "POST {number:str}/holds/{code:str}/lift": SHOP,
        "POST {number:str}/payments/{reference:str}/chargebacks/{case:str}/reinstate": SHOP,
        "POST {number:str}/refunds/{reference:str}/{move:str}": SHOP,
        "POST {number:str}/{move:str}": SHOP,
    },
    "price-lists": {
        "GET": SHOP,
        "GET {code:str}": SHOP,
        "GET {code:str}/prices.csv": SHOP,
        "POST": MANAGERS,
        "POST {code:str}": MANAGERS,
        "POST {code:str}/prices": MANAGERS,
        "POST {code:str}/prices/changes": MANAGERS,
    },
    "privacy": {
        "GET": MANAGERS,
        "GET {number:str}": MANAGERS,
        "POST": MANAGERS,
        "POST {number:str}/bundle": MANAGERS,
        "POST {number:str}/{move:str}": MANAGERS,
    },
    "products": {
        "GET": SHOP,
        "GET new": SHOP,
        "GET {handle:str}": SHOP,
        "POST new": SHOP,
        "POST {handle:str}": SHOP,
        "POST {handle:str}/move": SHOP,
        "POST {handle:str}/stock": SHOP,
    },
    "promotions": {
        "GET": SHOP,
        "GET new": MANAGERS,
        "GET {code:str}": SHOP,
        "POST new": MANAGERS,
        "POST {code:str}": MANAGERS,
        "POST {code:str}/copy": MANAGERS,
        "POST {code:str}/move": MANAGERS,
    },
    "reconciliations": {
        "GET": SHOP,
        "GET {gateway:str}/{day:str}": SHOP,
        "POST": SHOP,
    },
    "returns": {
        "GET": SHOP,
        "GET {number:str}/{return_number:str}": SHOP,
        "POST {number:str}/{return_number:str}/{move:str}": SHOP,
    },
    "tax-rates": {
        "GET": SHOP,
        "POST": MANAGERS,
        "POST {name:str}/remove": MANAGERS,
    },
    "test-cart": {
        "GET": SHOP,
    },
}

API: dict[str, dict[str, Roles]] = {
    "account": {
        "DELETE sessions": ALL,
        "DELETE sessions/{session_id:uuid}": ALL,
        "GET sessions": ALL,
        "POST second-factor": ALL,
        "POST second-factor/recovery-codes": ALL,
        "POST second-factor/removal": ALL,
        "PUT password": ALL,
        "PUT second-factor": ALL,
    },
    "coupon-batches": {
        "GET": SHOP,
        "GET {batch:str}": SHOP,
        "GET {batch:str}/uses": SHOP,
        "POST": MANAGERS,
        "POST {batch:str}/coupons": MANAGERS,
        "POST {batch:str}/end": MANAGERS,
    },
    "coupon-revocations": {
        "POST": MANAGERS,
    },
    "customers": {
        "DELETE {customer_id:uuid}/second-factor": MANAGERS,
        "DELETE {customer_id:uuid}/sessions": MANAGERS,
        "GET {customer_id:uuid}/sessions": MANAGERS,
        "POST {customer_id:uuid}/password-reset": MANAGERS,
        "PUT {customer_id:uuid}/groups": MANAGERS,
    },
    "orders": {
        "DELETE {number:str}/holds/{code:str}": SHOP,
        "GET": SHOP,
        "GET {number:str}": SHOP,
        "POST {number:str}/cancel": SHOP,
        "POST {number:str}/delivery": SHOP,
        "POST {number:str}/payments/{reference:str}/chargebacks": SHOP,
        "POST {number:str}/payments/{reference:str}/chargebacks/{case:str}/reinstate": SHOP,
        "POST {number:str}/refunds": SHOP,
        "POST {number:str}/refunds/{reference:str}/replace": SHOP,
        "POST {number:str}/refunds/{reference:str}/retry": SHOP,
        "POST {number:str}/refunds/{reference:str}/reverse": SHOP,
        "POST {number:str}/shipments": SHOP,
        "PUT {number:str}/holds/{code:str}": SHOP,
    },
    "price-lists": {
        "GET": SHOP,
        "GET {code:str}/prices": SHOP,
        "PUT {code:str}": MANAGERS,
        "PUT {code:str}/prices": MANAGERS,
    },
    "prices": {
        "GET {sku:str}/history": SHOP,
    },
    "products": {
        "GET": SHOP,
        "POST {handle:str}/moves": SHOP,
        "PUT {handle:str}": SHOP,
    },
    "promotion-kinds": {
        "GET": SHOP,
    },
    "promotions": {
        "GET": SHOP,
        "GET {code:str}": SHOP,
        "POST {code:str}/copies": MANAGERS,
        "POST {code:str}/moves": MANAGERS,
        "PUT {code:str}": MANAGERS,
    },
    "refunds": {
        "GET": SHOP,
    },
    "staff": {
        "DELETE {staff_id:uuid}/second-factor": MANAGERS,
        "DELETE {staff_id:uuid}/sessions": MANAGERS,
        "GET": MANAGERS,
        "GET {staff_id:uuid}/sessions": MANAGERS,
        "POST": MANAGERS,
        "POST {staff_id:uuid}/moves": MANAGERS,
        "POST {staff_id:uuid}/password-reset": MANAGERS,
        "PUT {staff_id:uuid}/role": MANAGERS,
    },
    "stock": {
        "PUT {sku:str}": SHOP,
    },
    "tax-rates": {
        "DELETE {name:str}": MANAGERS,
        "GET": SHOP,
        "PUT {name:str}": MANAGERS,
    },
    "test-carts": {
        "POST": SHOP,
    },
}


def earlier_roles(method: str, path: str) -> Roles | None:
    """None for a route that did not exist."""
    for prefix, areas in (("/zh/admin", PAGES), ("/api/v1/admin", API)):
        if path.startswith(prefix):
            area, _, rest = path.removeprefix(prefix).strip("/").partition("/")
            return areas.get(area, {}).get(f"{method} {rest}".strip())
    return None
