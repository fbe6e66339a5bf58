"""Forms of plugins: shown, read, saved by the plugin, and shown again with what was written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from litestar import Response
from litestar.response import Redirect

from adapters.web.admin.conflicts import VERSION, after_conflict
from adapters.web.admin.context import AdminContext
from adapters.web.admin.form_texts import texts_of
from adapters.web.admin.references import ResolveReferences
from adapters.web.admin.submitted_values import ReadForm
from adapters.web.dependencies import Given
from adapters.web.forms import SubmittedForm
from adapters.web.problems import FieldError, Problem, problem_of
from core.application.audit.plugin_acts import RecordPluginAct
from core.domain.errors import (
    AlreadyDone,
    Invalid,
    InvalidFields,
    KeyReused,
    NotFound,
    StaleVersion,
)
from ports.admin.pages import EditForm, FormState, Submission

TEMPLATE = "plugin_form.html"


class FormPlace(Protocol):
    """`adapters.web.admin.plugin_pages.PluginPlace`."""

    @property
    def plugin(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def path(self) -> str: ...

    @property
    def context(self) -> AdminContext: ...


@dataclass(frozen=True, slots=True)
class PluginForms:
    read_form: Given[ReadForm]
    resolve_references: Given[ResolveReferences]
    record_plugin_act: Given[RecordPluginAct]

    async def show(self, place: FormPlace, content: EditForm) -> Response[Any]:
        state = await _state(place, content)
        return _page(place, content, state, values=_texts(content, state))

    async def save(self, place: FormPlace, content: EditForm, sent: SubmittedForm) -> Response[Any]:
        """The page again after an error, with what was written; else the next page."""
        context = place.context
        try:
            values = await self.resolve_references(content.form, self.read_form(content.form, sent))
            await self.record_plugin_act(
                context.actor, place.plugin, "save", [place.key] if place.key else []
            )
        except AlreadyDone:
            return context.redirect(_own_path(place))
        except (Invalid, InvalidFields, KeyReused) as error:
            problem = problem_of(error, context.language)
            return await self._again(place, content, sent, problem)
        result = await content.save(
            Submission(
                key=place.key, values=values, version=sent.text(VERSION), actor=context.actor
            )
        )
        if result.changed_meanwhile:
            return await self._after_conflict(place, content, sent)
        if result.errors:
            problem = _problem(result.errors, context.language)
            return await self._again(place, content, sent, problem)
        if result.link:
            return Redirect(f"/{context.language}{result.link}", status_code=303)
        return context.redirect(f"{_own_path(place)}?done=saved")

    async def _again(
        self, place: FormPlace, content: EditForm, sent: SubmittedForm, problem: Problem
    ) -> Response[Any]:
        state = await _state(place, content)
        return _page(place, content, state, values=sent.values, problem=problem)

    async def _after_conflict(
        self, place: FormPlace, content: EditForm, sent: SubmittedForm
    ) -> Response[Any]:
        state = await _state(place, content)
        problem = problem_of(StaleVersion("page", place.key), place.context.language)
        loaded = {"form": content.form, "values": _texts(content, state)}
        problem, kept = after_conflict(problem, place.context.language, loaded, sent.values)
        return _page(place, content, state, problem=problem, **kept)


async def _state(place: FormPlace, content: EditForm) -> FormState:
    """Raises `NotFound`."""
    state = await content.load(place.key)
    if state is None:
        raise NotFound("page", place.key)
    return state


def _texts(content: EditForm, state: FormState) -> dict[str, str]:
    return {**texts_of(content.form, state.values), VERSION: state.version}


def _page(place: FormPlace, content: EditForm, state: FormState, **variables: Any) -> Response[Any]:
    problem: Problem | None = variables.get("problem")
    shown = {"saved": {}, **variables, "form": content.form, "state": state, "action": place.path}
    return place.context.page(
        TEMPLATE, status=problem.status if problem else 200, plugin=place.plugin, **shown
    )


def _problem(errors: Mapping[str, Any], language: str) -> Problem:
    fields = tuple(
        FieldError(field=name, message=text.in_language(language)) for name, text in errors.items()
    )
    problem = problem_of(InvalidFields(()), language)
    return Problem(
        type=problem.type,
        title=problem.title,
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        errors=fields,
    )


def _own_path(place: FormPlace) -> str:
    return place.path.partition("/admin")[2]
