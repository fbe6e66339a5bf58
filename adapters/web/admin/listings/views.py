"""Renders a list that is described as data: the shop's own ones and those of plugins."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from litestar import Response

from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.addresses import ListingAddress
from adapters.web.admin.listings.files import csv_file
from ports.admin.listings import Act, Listing, ListingPage, ListingQuery, Row

TEMPLATE = "listing.html"
ActAddress = Callable[[Act, Row], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """What the template shows. ``acts`` are those that the staff member may do.

    ``act_address`` says where the button of a row leads; empty for the page itself.
    """

    address: ListingAddress
    query: ListingQuery
    page: ListingPage
    acts: tuple[Act, ...] = ()
    act_address: ActAddress = field(default=lambda _act, _row: "")

    @property
    def listing(self) -> Listing:
        return self.address.listing

    @property
    def bulk_acts(self) -> tuple[Act, ...]:
        return tuple(each for each in self.acts if each.bulk)

    def acts_of(self, row: Row) -> Iterator[tuple[Act, str]]:
        """Each act that is possible with the row, and the address of its form."""
        for act in self.acts:
            if row.acts is None or act.code in row.acts:
                yield act, self.act_address(act, row)

    def sorted_by(self, key: str) -> str:
        """The value of ``aria-sort``."""
        sort = self.query.sort
        if sort is None or sort.key != key:
            return "none"
        return "descending" if sort.descending else "ascending"

    @property
    def previous(self) -> str:
        """The address of the page before this one; empty if there is none."""
        return self.address.link(cursor=self.page.previous) if self.page.previous else ""

    @property
    def first(self) -> str:
        """The address of the first page, from one that cannot go back in steps."""
        return self.address.link() if self.query.cursor and not self.page.previous else ""

    @property
    def next(self) -> str:
        return self.address.link(cursor=self.page.next) if self.page.next else ""


def address_of(context: AdminContext, listing: Listing, key: str = "") -> ListingAddress:
    return ListingAddress(
        listing=listing,
        path=context.request.scope["path"],
        parameters=context.request.query_params,
        language=context.language,
        key=key,
    )


async def listing_view(
    context: AdminContext, listing: Listing, *, key: str = "", **options: Any
) -> ListingView:
    """Load the page of the list that the address asks for. ``options`` are of `ListingView`."""
    address = address_of(context, listing, key)
    query = address.query()
    return ListingView(address=address, query=query, page=await listing.load(query), **options)


async def listing_response(
    context: AdminContext, listing: Listing, *, template: str = TEMPLATE, **variables: Any
) -> Response[Any]:
    """The page with the list as its ``view``, or its CSV file."""
    if file := exported(context, listing):
        return file
    return context.page(template, view=await listing_view(context, listing), **variables)


def exported(context: AdminContext, listing: Listing, key: str = "") -> Response[Any] | None:
    """The list as a CSV file, if the address asks for it."""
    address = address_of(context, listing, key)
    if not address.wants_export():
        return None
    return csv_file(listing, address.query(), file_name(context))


def file_name(context: AdminContext) -> str:
    """The last part of the path: letters, digits and dashes."""
    name = context.request.scope["path"].rstrip("/").rpartition("/")[2]
    return "".join(each for each in name if each.isascii() and (each.isalnum() or each == "-"))
