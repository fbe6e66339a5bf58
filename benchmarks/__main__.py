"""`make bench`: serve the demo's data and measure what a visitor does.

Everything is a multiple of the plaintext answer of the same server in the same run, since
machines differ and ratios less so. ``BENCH="--products 100000"`` measures a larger shop. Then
checkouts, notifications and a run on one SKU are measured on PostgreSQL.
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

from benchmarks import money
from benchmarks.catalogue import grow
from benchmarks.load import Principal, Result, free_port, measure

GOALS = {
    "list, cached (HTML)": 2,
    "product, cached (HTML)": 2,
    "list (JSON)": 20,
    "list (HTML)": 30,
    "product (HTML)": 30,
    "search (HTML)": None,
    "add to cart": None,
    "checkout, guest, whole": 300,
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

Act = Callable[[Principal], Awaitable[None]]


def fetch(path: str, *, cached: bool = False) -> Act:
    """Get a page; a visitor with a cart is never answered from memory."""

    async def act(principal: Principal) -> None:
        if not cached:
            principal.cookies.update(COOKIE)
        answer = await principal.get(path)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")

    return act


async def add_to_cart(principal: Principal) -> None:
    principal.cookies.clear()
    answer = await principal.post(f"/zh/p/{PRODUCT}", b"quantity=1")
    if answer.status != 303:
        raise RuntimeError(f"add to cart: {answer.status}")


async def check_out(principal: Principal) -> None:
    """Product, cart, address, shipping, payment, paid: ten requests, and a notification."""
    principal.cookies.clear()
    await principal.get(f"/zh/p/{PRODUCT}")
    await principal.post(f"/zh/p/{PRODUCT}", b"quantity=1")
    await principal.get("/zh/cart")
    await principal.get("/zh/checkout")
    await principal.post("/zh/checkout", urlencode(ADDRESS).encode())
    review = (await principal.get("/zh/checkout/review")).body.decode()
    fields = dict(re.findall(r'name="(key|cart_version|goods_total)" value="([^"]*)"', review))
    shipping = re.findall(r'name="shipping"\s+value="([^"]+)"', review)[0]
    form = urlencode({**fields, "shipping": shipping, "gateway": "sandbox"}).encode()
    gateway = (await principal.post("/zh/checkout/review", form)).headers["location"]
    parts = urlsplit(gateway)
    page = (await principal.get(f"{parts.path}?{parts.query}")).body.decode()
    payment_page = re.findall(r'<form method="post" action="([^"]+)"', page)[0]
    back = (await principal.post(payment_page, b"")).headers["location"]
    parts = urlsplit(back)
    order = await principal.get(f"{parts.path}?{parts.query}")
    if b'data-state="paid"' not in order.body:
        raise RuntimeError("the order is not paid")


async def run(server: psutil.Process, address: tuple[str, int], count: int) -> list[Result]:
    plain = await measure(
        "plaintext", server, address, fetch("/health/live", cached=True), count * 4
    )
    acts: list[tuple[str, Act, int]] = [
        ("list, cached (HTML)", fetch("/zh/c/tableware", cached=True), count * 4),
        ("product, cached (HTML)", fetch(f"/zh/p/{PRODUCT}", cached=True), count * 4),
        ("list (JSON)", fetch("/api/v1/products?category=tableware"), count),
        ("list (HTML)", fetch("/zh/c/tableware"), count),
        ("product (HTML)", fetch(f"/zh/p/{PRODUCT}"), count),
        ("search (HTML)", fetch("/zh/search?q=%E8%8C%B6%E5%A3%B6"), count),
        ("add to cart", add_to_cart, count // 2),
        ("checkout, guest, whole", check_out, count // 8),
    ]
    return [plain, *[await measure(name, server, address, act, n) for name, act, n in acts]]


def show(results: list[Result]) -> bool:
    """Print the table; whether every goal was reached."""
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
    parser.add_argument("--products", type=int, default=0, help="grow the shop to this many")
    parser.add_argument("--requests", type=int, default=800, help="per measurement")
    parser.add_argument("--money", action="store_true", help="only what runs on PostgreSQL")
    options = parser.parse_args()
    if options.money:
        return money.main(options.requests)
    address = ("127.0.0.1", free_port())
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "entrepot", "demo", "--folder", folder]
        subprocess.run([*command, "--seed-only"], check=True)
        asyncio.run(grow(Path(folder), options.products))
        environment = {**os.environ, "ENTREPOT_PAGE_CACHE_SECONDS": "60"}
        began = time.perf_counter()
        server = subprocess.Popen(
            [*command, "--port", str(address[1])], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            wait_until_ready(address)
            ready = time.perf_counter() - began
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
            principal = Principal(*address)
            answer = await principal.get("/health/ready")
            await principal.close()
        except OSError:
            return False
        return answer.status == 200

    while not asyncio.run(ready()):
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
