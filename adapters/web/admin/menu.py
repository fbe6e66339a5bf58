"""The menu of the back office as data: groups of entries, each with its permission."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.domain.permissions import Permission
from core.domain.shop_permissions import (
    AUDIT_READ,
    CATALOGUE_READ,
    COUPONS_READ,
    DASHBOARD_READ,
    ORDERS_READ,
    PAYMENTS_READ,
    PRICES_READ,
    PRIVACY_READ,
    PROMOTIONS_READ,
    RETURNS_READ,
    STAFF_MANAGE,
    TAXES_READ,
)
from core.domain.text import Text
from ports.admin.pages import AdminPages, page_path
from ports.sessions import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """A link in the menu. ``path`` begins after ``/LANGUAGE/admin``; ``group`` is a code.

    Entries of a group are sorted by ``order``, then by ``path``.
    """

    group: str
    label: Text
    path: str
    permission: str
    order: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    """A heading in the menu. Groups have the order in which they are given."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """``current``: the page that is shown, or a page below it."""

    label: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    label: str
    entries: tuple[ShownEntry, ...]


@dataclass(frozen=True, slots=True)
class Menu:
    """The entries of the shop and of its plugins."""

    groups: Sequence[MenuGroup]
    entries: Sequence[MenuEntry]

    def of(self, staff: Principal | None, language: str, path: str) -> tuple[ShownGroup, ...]:
        """The entries that the permissions allow; no group is empty. ``path`` has the language."""
        permitted = [each for each in self.entries if staff and staff.can(each.permission)]
        prefix = f"/{language}/admin"
        current = _current(permitted, path.removeprefix(prefix))
        shown = []
        for group in self.groups:
            entries = sorted(
                (each for each in permitted if each.group == group.code),
                key=lambda each: (each.order, each.path),
            )
            if entries:
                shown.append(
                    ShownGroup(
                        label=group.label.in_language(language),
                        entries=tuple(
                            ShownEntry(
                                label=each.label.in_language(language),
                                address=prefix + each.path,
                                current=each is current,
                            )
                            for each in entries
                        ),
                    )
                )
        return tuple(shown)


def _current(entries: Sequence[MenuEntry], path: str) -> MenuEntry | None:
    """The entry with the longest path that ``path`` is, or is below."""
    above = [each for each in entries if path == each.path or path.startswith(each.path + "/")]
    return max((each for each in above if each.path or not path), key=_length, default=None)


def _length(entry: MenuEntry) -> int:
    return len(entry.path)


def _group(code: str, zh: str, en: str) -> MenuGroup:
    return MenuGroup(code=code, label=Text({"zh": zh, "en": en}))


def _entries(group: str, *entries: tuple[str, Permission, str, str]) -> tuple[MenuEntry, ...]:
    """Each entry is its path, its permission, and its label in Chinese and in English."""
    return tuple(
        MenuEntry(
            group=group,
            label=Text({"zh": zh, "en": en}),
            path=path,
            permission=permission.code,
            order=10 * number,
        )
        for number, (path, permission, zh, en) in enumerate(entries, start=1)
    )


def plugin_menu(admin_pages: AdminPages) -> tuple[MenuEntry, ...]:
    """The entries of plugins, after those of the shop in their group."""
    return tuple(
        MenuEntry(
            group=str(page.menu.area),
            label=page.menu.label,
            path=page_path(plugin, page.path).removeprefix("/admin"),
            permission=page.permission,
            order=1_000,
        )
        for plugin, pages in admin_pages.items()
        for page in pages
        if page.menu is not None
    )


MENU_GROUPS = (
    _group("sales", "销售", "Sales"),
    _group("catalogue", "商品", "Catalogue"),
    _group("prices", "促销与价格", "Prices"),
    _group("compliance", "合规", "Compliance"),
    _group("administration", "管理", "Administration"),
    _group("plugins", "插件", "Plugins"),
)

SHOP_MENU = (
    *_entries(
        "sales",
        ("", DASHBOARD_READ, "数据概览", "Overview"),
        ("/orders", ORDERS_READ, "订单", "Orders"),
        ("/returns", RETURNS_READ, "退换货", "Returns"),
        ("/reconciliations", PAYMENTS_READ, "对账", "Reconciliation"),
        ("/emails", ORDERS_READ, "邮件", "Emails"),
    ),
    *_entries(
        "catalogue",
        ("/products", CATALOGUE_READ, "商品", "Products"),
        ("/blocks", CATALOGUE_READ, "首页内容", "Home page"),
    ),
    *_entries(
        "prices",
        ("/promotions", PROMOTIONS_READ, "促销", "Promotions"),
        ("/coupon-batches", COUPONS_READ, "优惠券", "Coupons"),
        ("/price-lists", PRICES_READ, "价目表", "Price lists"),
        ("/tax-rates", TAXES_READ, "税率", "Tax rates"),
        ("/test-cart", PROMOTIONS_READ, "试算", "Test cart"),
    ),
    *_entries(
        "compliance",
        ("/privacy", PRIVACY_READ, "个人信息请求", "Privacy requests"),
        ("/evidence", AUDIT_READ, "合规存证", "Compliance evidence"),
    ),
    *_entries(
        "administration",
        ("/staff", STAFF_MANAGE, "员工", "Staff"),
        ("/roles", STAFF_MANAGE, "角色", "Roles"),
    ),
)
