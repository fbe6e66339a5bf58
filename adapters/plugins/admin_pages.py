"""Pages of a plugin in the back office, behind the plugin guard."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from adapters.plugins.answers.admin_lists import act_result_of, page_of
from adapters.plugins.answers.admin_pages import details_of, form_result_of, form_state_of
from adapters.plugins.guard import PluginGuard
from ports.admin.listings import ActRequest, ActResult, Listing, ListingPage, ListingQuery
from ports.admin.pages import AdminPage, DetailPage, Details, EditForm, FormResult, Submission
from ports.admin.pages import FormState as State
from ports.errors import OutcomeUnknown, Rejected

PAGE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class GuardedPages:
    """Pages whose functions call the plugin in its own thread, with checked answers.

    A load that fails is `Unavailable`; an act or a save that fails is `OutcomeUnknown`. The
    plugin may raise `Rejected`, such as for a cursor that it did not write.
    """

    guard: PluginGuard

    def page(self, page: AdminPage) -> AdminPage:
        content = page.content
        if isinstance(content, Listing):
            return replace(page, content=self._listing(content))
        if isinstance(content, EditForm):
            return replace(page, content=self._form(content))
        return replace(page, content=self._details(content))

    def _listing(self, listing: Listing) -> Listing:
        async def load(query: ListingQuery) -> ListingPage:
            return await self.guard.call(
                lambda: listing.load(query),
                lambda answer: page_of(answer, listing, query),
                seconds=PAGE_SECONDS,
                final=(Rejected,),
            )

        return replace(listing, load=load, act=self._act(listing.act))

    def _form(self, content: EditForm) -> EditForm:
        async def load(key: str) -> State | None:
            return await self.guard.call(
                lambda: content.load(key),
                lambda answer: form_state_of(answer, content.form),
                seconds=PAGE_SECONDS,
                final=(Rejected,),
            )

        async def save(submission: Submission) -> FormResult:
            return await self.guard.call(
                lambda: content.save(submission),
                lambda answer: form_result_of(answer, content.form),
                doubt=OutcomeUnknown,
                seconds=PAGE_SECONDS,
                final=(Rejected,),
            )

        return replace(content, load=load, save=save)

    def _details(self, content: DetailPage) -> DetailPage:
        async def load(key: str) -> Details | None:
            return await self.guard.call(
                lambda: content.load(key),
                lambda answer: details_of(answer, content.acts),
                seconds=PAGE_SECONDS,
                final=(Rejected,),
            )

        return replace(
            content,
            load=load,
            listings=tuple(self._listing(each) for each in content.listings),
            act=self._act(content.act),
        )

    def _act(self, act: Callable[..., Any] | None) -> Callable[..., Awaitable[ActResult]] | None:
        return None if act is None else partial(self._do, act)

    async def _do(self, act: Callable[..., Any], request: ActRequest) -> ActResult:
        return await self.guard.call(
            lambda: act(request),
            act_result_of,
            doubt=OutcomeUnknown,
            seconds=PAGE_SECONDS,
            final=(Rejected,),
        )
