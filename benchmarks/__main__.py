"""`make bench`: serves the demo data and measures the requests of a visitor.

Results are multiples of the plaintext response of the same server in the same run, because ratios
differ less between machines. ``BENCH="--products 100000"`` measures a larger shop. Then checkouts,
notifications and concurrent orders of one SKU are measured on PostgreSQL. ``--pricing`` measures
the price engine alone.
"""

import argparse
import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psutil

from benchmarks import money, pricing
from benchmarks.catalogue import prepare
from benchmarks.load import Result, Visitor, free_port, measure

GOALS = {
    "list, cached (HTML)": 2,
    "product, cached (HTML)": 2,
    "list (JSON)": 20,
    "list (HTML)": 30,
    "product (HTML)": 30,
    "search (HTML)": None,
    "add to cart": None,
    "checkout of a guest": 300,
}
ADDRESS = {
    "contact": "bench@example.com",
    "name": "王小明",
    "phone": "13900139000",
    "country": "CN",
    "region": "浙江省",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 100 号",
}
PRODUCT = "hills-everyday-mug"
COOKIE = {"entrepot_cart": "a-visitor-whose-pages-are-not-cached"}

Scenario = Callable[[Visitor], Awaitable[None]]


def fetch(path: str, *, cached: bool = False) -> Scenario:
    """Get a page. The page cache does not serve visitors with a cart."""

    async def scenario(visitor: Visitor) -> None:
        if not cached:
            visitor.cookies.update(COOKIE)
        answer = await visitor.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    return scenario


async def add_to_cart(visitor: Visitor) -> None:
    visitor.cookies.clear()
    answer = await visitor.post(f"/zh/p/{PRODUCT}", b"quantity=1")
    if answer.status != 303:
        raise RuntimeError(f"add to cart: {answer.status}")


async def check_out(visitor: Visitor) -> None:
    """Ten requests from the product page to the paid order, and a notification."""
    visitor.cookies.clear()
    await visitor.get(f"/zh/p/{PRODUCT}")
    await visitor.post(f"/zh/p/{PRODUCT}", b"quantity=1")
    await visitor.get("/zh/cart")
    await visitor.get("/zh/checkout")
    await visitor.post("/zh/checkout", urlencode(ADDRESS).encode())
    review = (await visitor.get("/zh/checkout/review")).body.decode()
    fields = dict(re.findall(r'name="(once|cart_version|goods_total)" value="([^"]*)"', review))
    shipping = re.findall(r'name="shipping"\s+value="([^"]+)"', review)[0]
    form = urlencode({**fields, "shipping": shipping, "gateway": "sandbox"}).encode()
    gateway = (await visitor.post("/zh/checkout/review", form)).headers["location"]
    parts = urlsplit(gateway)
    page = (await visitor.get(f"{parts.path}?{parts.query}")).body.decode()
    payment_page = re.findall(r'<form method="post" action="([^"]+)"', page)[0]
    back = (await visitor.post(payment_page, b"")).headers["location"]
    parts = urlsplit(back)
    order = await visitor.get(f"{parts.path}?{parts.query}")
    if b'data-state="paid"' not in order.body:
        raise RuntimeError("the order is not paid")


async def run(server: psutil.Process, address: tuple[str, int], count: int) -> list[Result]:
    plain = await measure(
        "plaintext", server, address, fetch("/health/live", cached=True), count * 4
    )
    scenarios: list[tuple[str, Scenario, int]] = [
        ("list, cached (HTML)", fetch("/zh/c/tableware", cached=True), count * 4),
        ("product, cached (HTML)", fetch(f"/zh/p/{PRODUCT}", cached=True), count * 4),
        ("list (JSON)", fetch("/api/v1/products?category=tableware"), count),
        ("list (HTML)", fetch("/zh/c/tableware"), count),
        ("product (HTML)", fetch(f"/zh/p/{PRODUCT}"), count),
        ("search (HTML)", fetch("/zh/search?q=%E8%8C%B6%E5%A3%B6"), count),
        ("add to cart", add_to_cart, count // 2),
        ("checkout of a guest", check_out, count // 8),
    ]
    return [plain, *[await measure(name, server, address, each, n) for name, each, n in scenarios]]


def show(results: list[Result]) -> bool:
    """Print the table. Returns True if every goal was reached."""
    plain = results[0].cpu
    print(f"{'':26}{'per second':>12}{'p99 ms':>9}{'CPU µs':>9}{'× plain':>9}{'goal':>7}")
    reached = True
    for each in results:
        goal = GOALS.get(each.name)
        ratio = each.cpu / plain
        missed = goal is not None and ratio > goal
        reached = reached and not missed
        print(
            f"{each.name:26}{each.per_second:12,.0f}{each.p99_ms:9.1f}{each.cpu:9,.0f}"
            f"{ratio:9.1f}{goal or '':>7}{'  missed' if missed else ''}"
        )
    return reached


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--products", type=int, default=0, help="the number of products")
    parser.add_argument(
        "--promotions", type=int, default=20, help="the number of active promotions"
    )
    parser.add_argument(
        "--requests", type=int, default=800, help="the number of requests per measurement"
    )
    parser.add_argument("--money", action="store_true", help="only the benchmarks on PostgreSQL")
    parser.add_argument("--pricing", action="store_true", help="only the price engine")
    options = parser.parse_args()
    if options.pricing:
        return pricing.main()
    if options.money:
        return money.main(options.requests)
    address = ("127.0.0.1", free_port())
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "entrepot", "demo", "--folder", folder]
        subprocess.run([*command, "--seed-only"], check=True)
        asyncio.run(prepare(Path(folder), options.products, options.promotions))
        environment = {
            **os.environ,
            "ENTREPOT_PAGE_CACHE_SECONDS": "60",
            "ENTREPOT_UNPAID_ORDERS_PER_CONTACT": "1000000",
            "ENTREPOT_UNPAID_ORDERS_PER_CLIENT": "1000000",
            "ENTREPOT_UNPAID_UNITS": "1000000",
        }
        started = time.perf_counter()
        server = subprocess.Popen(
            [*command, "--port", str(address[1])], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            wait_until_ready(address)
            ready = time.perf_counter() - started
            process = psutil.Process(server.pid)
            results = asyncio.run(run(process, address, options.requests))
            worker = max(child.memory_info().rss for child in process.children(recursive=True))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=10)
    reached = show(results)
    print(f"ready after {ready:.1f} s (goal 3), a worker has {worker / 1e6:.0f} MB (goal 200)")
    print()
    return money.main(options.requests // 2) if reached else 1


def wait_until_ready(address: tuple[str, int]) -> None:
    async def ready() -> bool:
        try:
            visitor = Visitor(*address)
            answer = await visitor.get("/health/ready")
            await visitor.close()
        except OSError:
            return False
        return answer.status == 200

    while not asyncio.run(ready()):
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
