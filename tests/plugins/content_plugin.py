"""The source of a plugin with slots and pages. It behaves as ``HOW`` says."""

from tests.plugins.broken_content import FILES

NAME = "group_buys"
SOURCE = r"""
import asyncio, time
from datetime import UTC, datetime
from pathlib import Path
from entrepot import Capability, Manifest, Money, Text, hookimpl
from entrepot.pages import (
    BlockField, BlockFieldKind, BlockKind, Fragment, Page, PageAnswer, PageRedirect, RichText,
    Slot, SlotCache,
)

manifest = Manifest(
    name="NAME", version="1", api=">=1,<2", capabilities=frozenset({Capability.PAGES}),
    files=Path(r"FILES"),
    csp={"frame-src": ("https://player.example",), "connect-src": ("https://api.example:8443",)},
)

ATTACK = "\"'><script>attack()</script>"
HOW = {"fill": "works", "label": ATTACK, "cache": None}
VIEWS, REQUESTS = [], []


def badge(code):
    return Fragment("badge.html", {
        "label": HOW["label"], "price": Money(9_900, "CNY"), "code": code, "count": 3,
        "until": datetime(2026, 11, 30, tzinfo=UTC), "story": RichText("<b>new</b>" + ATTACK),
        "names": [ATTACK, "梅"],
    })


class Fill:
    def __init__(self, slot):
        self.slot = slot
        self.cache = HOW["cache"]

    async def fill(self, view):
        VIEWS.append((self.slot, view))
        if HOW["fill"] == "hangs":
            await asyncio.sleep(60)
        if HOW["fill"] == "blocks":
            time.sleep(60)
        if HOW["fill"] == "raises":
            raise ValueError("a secret of the plugin")
        return badge("g1") if HOW["fill"] == "works" else None


class ListFill(Fill):
    async def fill_many(self, views):
        return [await self.fill(view) for view in views]


async def group(request):
    REQUESTS.append(request)
    if request.path["code"] == "raises":
        raise ValueError("a secret of the plugin")
    if request.path["code"] == "moved":
        return PageRedirect("/cart")
    if request.form is not None:
        return PageRedirect("/group-buys/" + request.form["name"])
    return PageAnswer(template="form.html", values={
        "label": HOW["label"], "sent": "", "member": str(request.customer_id or ""),
        "name": request.query.get("q", ""),
    })


async def plain(request):
    REQUESTS.append(request)
    return PageAnswer(template="plain.html", values={"code": "all", "q": str(len(REQUESTS))})


@hookimpl
def entrepot_slots(context):
    listed = {Slot.PRODUCT_CARD, Slot.CART_LINE}
    return [(ListFill if slot in listed else Fill)(slot) for slot in Slot]


@hookimpl
def entrepot_blocks(context):
    return [
        BlockKind(
            code="banner", name=Text({"zh": "横幅", "en": "Banner"}), template="banner.html",
            fields=tuple(
                BlockField(
                    name=str(kind), label=Text({"en": kind.title()}), kind=kind,
                    required=kind is BlockFieldKind.LINE,
                )
                for kind in BlockFieldKind
            ),
        )
    ]


@hookimpl
def entrepot_pages(context):
    title = Text({"zh": "拼团", "en": "Group buys"})
    return [
        Page(path="/group-buys/{code}", title=title, answer=group, takes_forms=True),
        Page(path="/group-buys", title=title, answer=plain, shared_seconds=60),
        Page(path="/my-groups", title=title, answer=plain, members_only=True),
    ]
""".replace("NAME", NAME).replace("FILES", str(FILES))
