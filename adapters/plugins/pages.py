"""A storefront page of a plugin behind the plugin guard."""

from dataclasses import dataclass

from adapters.plugins.answers.content import page_answer
from adapters.plugins.guard import PluginGuard
from ports.content.fragments import FragmentPlace, RenderFragment
from ports.content.pages import Page, PageRedirect, PageRequest, RenderedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedPage:
    """`ports.content.pages.AskPage`."""

    plugin: str
    page: Page
    guard: PluginGuard
    render: RenderFragment

    async def __call__(self, request: PageRequest) -> RenderedPage | PageRedirect:
        def rendered(answer: object) -> RenderedPage | PageRedirect:
            checked = page_answer(answer, request.language)
            if isinstance(checked, PageRedirect):
                return checked
            fragment, title, status = checked
            return RenderedPage(
                html=self.render(fragment, FragmentPlace(self.plugin, request.language)),
                title=title or self.page.title.in_language(request.language),
                status=status,
            )

        return await self.guard.call(
            lambda: self.page.answer(request), rendered, seconds=self.guard.limits.page_seconds
        )
