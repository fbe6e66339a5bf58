"""The pages of plugins in the back office. A plugin brings data; the shop renders it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.admin.context import AdminContext
from adapters.web.admin.listings.cells import kind_of
from adapters.web.admin.listings.views import ListingView, exported, listing_view
from adapters.web.admin.plugin_forms import PluginForms
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.language import translator
from adapters.web.one_time import ONE_TIME
from adapters.web.problems import problem_of
from core.application.audit.plugin_acts import RecordPluginAct
from core.application.audit.staff_actions import CODE, RecordStaffAction
from core.domain.errors import AlreadyDone, Invalid, NotAllowed, NotFound
from ports.admin.listings import Act, ActRequest, ActResult, Column, DoAct, Listing
from ports.admin.pages import KEY, AdminPage, AdminPages, DetailPage, Details, EditForm
from ports.errors import OutcomeUnknown, PortError, Rejected

ROW = "row-"
MOST_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginPlace:
    """A page of a plugin, and the thing that it is about; ``key`` is empty without one."""

    plugin: str
    page: AdminPage
    key: str
    context: AdminContext

    @property
    def path(self) -> str:
        return str(self.context.request.scope["path"])

    def allowed(self, acts: Sequence[Act]) -> tuple[Act, ...]:
        return tuple(
            each for each in acts if not each.permission or self.context.staff.can(each.permission)
        )


async def plugin_place(
    plugin: FromPath[str],
    path: FromPath[str],
    context: Given[AdminContext],
    admin_pages: Given[AdminPages],
    record_staff_action: Given[RecordStaffAction],
) -> PluginPlace:
    """Raises `NotFound`; `NotAllowed` if the role lacks the permission, which is recorded."""
    for page in admin_pages.get(plugin, ()):
        key = _key(page.path, path.strip("/"))
        if key is not None:
            if not context.staff.can(page.permission):
                await record_staff_action(context.actor, f"plugin {plugin}: {page.path}", key)
                raise NotAllowed
            return PluginPlace(plugin=plugin, page=page, key=key, context=context)
    raise NotFound("page", path)


def _key(pattern: str, path: str) -> str | None:
    """The key in the path, empty for a page without one. None if the path does not fit."""
    if path == pattern:
        return "" if not pattern.endswith(KEY) else None
    parent, _, last = path.rpartition("/")
    fits = pattern.endswith(KEY) and parent == pattern.removesuffix(f"/{KEY}")
    return last if fits and CODE.fullmatch(last) else None


@dataclass(frozen=True, slots=True)
class PluginActs:
    """Shows the lists and details of a plugin, and lets it do what staff ask for."""

    plugin_place: Given[PluginPlace]
    record_plugin_act: Given[RecordPluginAct]
    record_staff_action: Given[RecordStaffAction]

    async def show(self, **variables: Any) -> Response[Any]:
        place = self.plugin_place
        content = place.page.content
        if isinstance(content, Listing):
            file = await self._file([content]) if not variables else None
            return file or await self._page("plugin_listing.html", [content], **variables)
        if isinstance(content, DetailPage):
            details = await content.load(place.key)
            if details is None:
                raise NotFound("page", place.key)
            if not variables and (file := await self._file(content.listings)):
                return file
            acts, sections = self._acts_of(content, details), sections_of(details)
            variables = {"details": details, "acts": acts, "sections": sections, **variables}
            return await self._page("plugin_details.html", content.listings, **variables)
        raise NotFound("page", place.path)

    async def act(self, form: SubmittedForm) -> Response[Any]:
        place = self.plugin_place
        act, do, keys = self._asked(form)
        await self._check_possible(act, form.text("list"))
        try:
            await self.record_plugin_act(place.context.actor, place.plugin, act.code, keys)
        except AlreadyDone:
            return place.context.redirect(self._own_path())
        result = await do(ActRequest(code=act.code, keys=keys, actor=place.context.actor))
        if result.done and not result.message:
            return place.context.redirect(f"{self._own_path()}?done={act.code}")
        status = 200 if result.done else 409
        return await self.show(result=result, status=status)

    def _asked(self, form: SubmittedForm) -> tuple[Act, DoAct, tuple[str, ...]]:
        """Raises `NotFound` for an unknown act, `Invalid` without rows."""
        code, listing = form.text("act"), form.text("list")
        for name, acts, do in self._sources():
            for act in self.plugin_place.allowed(acts):
                if act.code == code and name == listing and do is not None:
                    return act, do, self._keys(form, act, listing)
        raise NotFound("page", code)

    async def _check_possible(self, act: Act, listing: str) -> None:
        """Raises `NotFound` for an act of the page that is not possible any more."""
        content = self.plugin_place.page.content
        if isinstance(content, DetailPage) and not listing:
            details = await content.load(self.plugin_place.key)
            if details is None or act not in self._acts_of(content, details):
                raise NotFound("page", act.code)

    def _sources(self) -> Iterator[tuple[str, tuple[Act, ...], DoAct | None]]:
        """Each list with acts by its code, and the page itself without one."""
        content = self.plugin_place.page.content
        if isinstance(content, Listing):
            yield content.code, content.acts, content.act
        elif isinstance(content, DetailPage):
            yield "", content.acts, content.act
            for each in content.listings:
                yield each.code, each.acts, each.act

    def _keys(self, form: SubmittedForm, act: Act, listing: str) -> tuple[str, ...]:
        """An act of a page is about the thing of the page, and one of a list about its rows."""
        if not listing and isinstance(self.plugin_place.page.content, DetailPage):
            return (self.plugin_place.key,)
        rows = tuple(
            name.removeprefix(ROW)
            for name, value in form.values.items()
            if name.startswith(ROW) and value
        )
        if not rows or (len(rows) > 1 and not act.bulk) or len(rows) > MOST_ROWS:
            raise Invalid("act", "Tick at least one row.")
        if not all(CODE.fullmatch(each) for each in rows):
            raise Invalid("act", "Choose one of the listed values.")
        return rows

    async def _file(self, listings: Sequence[Listing]) -> Response[Any] | None:
        """The list that is asked for as a file. It may have data of people: it is recorded."""
        place = self.plugin_place
        for each in listings:
            if file := exported(place.context, each, place.key):
                action = f"plugin {place.plugin}: export {place.page.path}"
                await self.record_staff_action(place.context.actor, action, place.key)
                return file
        return None

    def _acts_of(self, content: DetailPage, details: Details) -> list[Act]:
        possible = details.acts
        acts = self.plugin_place.allowed(content.acts)
        return [each for each in acts if possible is None or each.code in possible]

    async def _page(
        self, template: str, listings: Sequence[Listing], *, status: int = 200, **variables: Any
    ) -> Response[Any]:
        place = self.plugin_place
        views: list[ListingView] = [
            await listing_view(place.context, each, key=place.key, acts=place.allowed(each.acts))
            for each in listings
        ]
        shown = {"result": ActResult(), "views": views, "plugin": place.plugin, **variables}
        return place.context.page(template, status=status, **shown)

    def _own_path(self) -> str:
        return self.plugin_place.path.partition("/admin")[2]


def sections_of(details: Details) -> list[dict[str, Any]]:
    """The sections of a page. A fact is shown as a cell of a list is."""
    return [
        {
            "title": section.title,
            "facts": [
                (Column(key="fact", label=fact.label, kind=kind_of(fact.value)), fact.value)
                for fact in section.facts
            ],
        }
        for section in details.sections
    ]


@get("/plugins/{plugin:str}/{path:path}", include_in_schema=False)
async def show(
    plugin_place: Given[PluginPlace],
    plugin_acts: Given[PluginActs],
    plugin_forms: Given[PluginForms],
) -> Response[Any]:
    try:
        if isinstance(plugin_place.page.content, EditForm):
            return await plugin_forms.show(plugin_place, plugin_place.page.content)
        return await plugin_acts.show()
    except PortError as error:
        return failed_page(plugin_place, error)


@post("/plugins/{plugin:str}/{path:path}", include_in_schema=False, opt=ONE_TIME)
async def act(
    form: Given[SubmittedForm],
    plugin_place: Given[PluginPlace],
    plugin_acts: Given[PluginActs],
    plugin_forms: Given[PluginForms],
) -> Response[Any]:
    try:
        if isinstance(plugin_place.page.content, EditForm):
            return await plugin_forms.save(plugin_place, plugin_place.page.content, form)
        return await plugin_acts.act(form)
    except PortError as error:
        return failed_page(plugin_place, error)


def failed_page(place: PluginPlace, error: PortError) -> Response[Any]:
    """Names the plugin, and says whether something may have happened."""
    translate = translator(place.context.language)
    if isinstance(error, Rejected):
        message = problem_of(error, place.context.language).detail
    elif isinstance(error, OutcomeUnknown):
        message = translate(
            "It is not known whether this was done. Look at the page before you do it again."
        )
    else:
        message = translate("Nothing was changed. Try again in a moment.")
    return place.context.page(
        "plugin_failed.html",
        status=422 if isinstance(error, Rejected) else 503,
        plugin=place.plugin,
        message=message,
        retry=place.path,
    )


handlers = [show, act]
