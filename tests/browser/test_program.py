"""A client that reads only the OpenAPI document buys a product and pays for it."""

import re
import time
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]


def operation(schema: dict[str, Any], summary: str) -> tuple[str, str]:
    """The method and the path of an operation, by its summary."""
    for path, methods in schema["paths"].items():
        for method, described in methods.items():
            if described.get("summary") == summary:
                return method.upper(), path
    raise LookupError(summary)


def test_a_client_buys_with_the_api_documentation_only(shop: str) -> None:
    with httpx.Client(base_url=shop, timeout=10) as client:
        schema = client.get("/schema/openapi.json").json()

        def call(summary: str, body: object = None, order_token: str = "", **names: str) -> Any:
            method, path = operation(schema, summary)
            headers = {"Order-Token": order_token} if order_token else {}
            address = re.sub(r"{(\w+)}", lambda match: names[match[1]], path)
            answer = client.request(method, address, json=body, headers=headers)
            assert answer.is_success, answer.text
            return answer.json()

        listed = call("List or search products")["products"]
        handle = next(each["handle"] for each in listed if each["in_stock"])
        product = call("Get a product", handle=handle)
        variant = max(product["variants"], key=lambda each: each["available"])
        cart = call("Create a cart")["token"]
        call("Add a cart line", {"sku": variant["sku"], "quantity": 1}, token=cart)
        address = {
            "name": "王小明",
            "phone": "13900139000",
            "country": "CN",
            "region": "浙江省",
            "city": "杭州市",
            "district": "西湖区",
            "street": "文三路 100 号",
        }
        delivery = {"contact": "bot@example.com", "address": address}
        review = call("Set the delivery address", delivery, token=cart)
        rate = review["rates"][0]
        total = review["cart"]["goods_total"]["minor"] + rate["price"]["minor"]
        placed = call(
            "Place an order",
            {
                "cart": cart,
                "cart_version": review["cart"]["version"],
                "shipping_code": rate["code"],
                "total": {"minor": total, "currency": "CNY"},
            },
        )
        access = {"order_token": placed["access_token"], "number": placed["number"]}
        step = call("Start a payment", {"gateway": "sandbox"}, **access)
        assert step["kind"] == "redirect"
        page = client.get(step["url"]).text
        address = re.findall(r'<form method="post" action="([^"]+)"', page)[0]
        origin = f"{client.base_url.scheme}://{client.base_url.netloc.decode()}"
        assert client.post(address, headers={"origin": origin}).status_code == 303
        deadline = time.monotonic() + 10
        while call("Get an order", **access)["state"] != "paid":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        after = call("Get a product", handle=handle)["variants"]
        left = next(each["available"] for each in after if each["sku"] == variant["sku"])
        assert left == variant["available"] - 1
