"""The source of a plugin with admin pages. They behave as ``HOW`` says."""

NAME = "box"
SOURCE = """
import asyncio
from dataclasses import replace
from datetime import UTC, datetime

from entrepot import Capability, Manifest, Money, Permission, Text, hookimpl
from entrepot.admin import (
    Act, ActResult, AdminPage, Badge, Column, ColumnKind, ChoiceFilter, Choice, DetailPage,
    Details, EditForm, Fact, FactSection, Form, FormResult, FormState, Link, Listing, ListingPage,
    MenuArea, MenuLink, MomentField, NumberField, Reference, ReferenceField, Row, SearchFilter,
    Section, SecretField, SortBy, TextField, Tone, page_path,
)

def both(text):
    return Text({"zh": "盒" + text, "en": text})

manifest = Manifest(
    name="box",
    version="1",
    api=">=1,<2",
    capabilities=frozenset({Capability.ADMIN_PAGES}),
    permissions=(
        Permission(code="box.read", label=both("Read the box"), description=both("See it.")),
        Permission(code="box.delete", label=both("Empty the box"), description=both("Empty it.")),
    ),
)
HOW = {}
DONE, SAVED = [], []
NOTES = {f"n{number}": f"Note {number}" for number in range(10_000)}
SETTINGS = {"version": "1", "values": {"title": "The box", "most": 5}}


async def behave(what):
    how = HOW.get(what)
    if how == "raises":
        raise ValueError("secret details")
    if how == "hangs":
        await asyncio.sleep(60)
    return how


async def load(query):
    how = await behave("load")
    words = query.filters.get("q", "")
    found = [(key, text) for key, text in NOTES.items() if words in text]
    if query.sort.descending:
        found.reverse()
    begin = int(query.cursor or 0)
    end = begin + query.limit + (1 if how == "too many" else 0)
    rows = [row(key, text) for key, text in found[begin:end]]
    if how == "wrong cell" and rows:
        rows[0] = replace(rows[0], cells={"text": 5})
    if how == "foreign link" and rows:
        rows[0] = replace(rows[0], link="//evil.example")
    return ListingPage(
        rows=rows,
        next=str(end) if end < len(found) else "",
        previous=str(max(begin - query.limit, 0)) if begin else "",
        total=len(found),
    )


def row(key, text):
    return Row(
        key=key,
        name=text,
        link=page_path("box", f"notes/{key}"),
        cells={
            "text": HOW.get("text", text),
            "state": Badge(code="new", label=both("New"), tone=Tone.GOOD),
            "worth": Money(-1990, "CNY"),
            "at": datetime(2026, 11, 27, 12, tzinfo=UTC),
        },
    )


async def act(request):
    how = await behave("act")
    DONE.append(request)
    if how == "refuses":
        return ActResult(done=False, message=both("The box is <full>."))
    return ActResult()


def listing(**changes):
    return Listing(
        title=both("Notes"),
        columns=(
            Column(key="text", label=both("Text"), sortable=True),
            Column(key="state", label=both("State"), kind=ColumnKind.STATE),
            Column(key="worth", label=both("Worth"), kind=ColumnKind.AMOUNT),
            Column(key="at", label=both("At"), kind=ColumnKind.MOMENT),
        ),
        filters=(
            SearchFilter(label=both("Words")),
            ChoiceFilter(name="state", label=both("State"), choices=(Choice("new", both("New")),)),
        ),
        sort=SortBy("text"),
        acts=(
            Act(code="keep", label=both("Keep"), bulk=True),
            Act(code="delete", label=both("Delete"), dangerous=True, permission="box.delete"),
        ),
        load=load,
        act=act,
        **changes,
    )


async def details(key):
    if key not in NOTES:
        return None
    facts = (
        Fact(label=both("Text"), value=NOTES[key]),
        Fact(label=both("Worth"), value=Money(5, "CNY")),
    )
    acts = () if HOW.get("details") == "no acts" else None
    return Details(title=both("Note " + key), sections=(FactSection(facts=facts),), acts=acts)


async def settings(key):
    how = await behave("settings")
    return FormState(
        values=SETTINGS["values"], version=SETTINGS["version"], title=both("Settings")
    )


async def save(submission):
    await behave("save")
    if submission.version != SETTINGS["version"]:
        return FormResult(changed_meanwhile=True)
    if submission.values["title"] == "bad":
        return FormResult(errors={"title": both("A <bad> title.")})
    SAVED.append(submission)
    return FormResult()


FORM = Form(
    sections=(
        Section(
            title=both("Main"),
            fields=(
                TextField(name="title", label=both("Title"), required=True),
                NumberField(name="most", label=both("Most"), most=9),
                SecretField(name="key", label=both("Key")),
                ReferenceField(name="sku", label=both("SKU"), to=Reference.SKU),
            ),
        ),
    )
)


@hookimpl
def entrepot_admin_pages(context):
    return [
        AdminPage(
            path="notes",
            permission="box.read",
            menu=MenuLink(label=both("Note box"), area=MenuArea.SALES),
            content=listing(),
        ),
        AdminPage(
            path="notes/{key}",
            permission="box.read",
            content=DetailPage(
                load=details,
                listings=(listing(code="more"),),
                acts=(Act(code="keep", label=both("Keep it")),),
                act=act,
            ),
        ),
        AdminPage(
            path="settings",
            permission="box.delete",
            content=EditForm(form=FORM, load=settings, save=save),
        ),
    ]
"""
