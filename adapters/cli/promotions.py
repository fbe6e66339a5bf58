"""`entrepot promotions`: list, save, check and move promotions."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TextIO

import click

from adapters.cli.output import fail_with, invalid_lines, json_option
from adapters.cli.shop import Assembly, pass_assembly, run_audited, run_prepared
from adapters.cli.trial_cart import try_command
from core.application.pricing.promotions import (
    CopyPromotion,
    MovePromotion,
    ReviewPromotion,
    SavedPromotion,
    SavePromotion,
)
from core.domain.errors import Invalid, InvalidFields
from core.domain.identifiers import Currency
from core.domain.money import Money
from core.domain.pricing.promotions.documents.writing import to_document
from core.domain.pricing.promotions.managed import PromotionMove, PromotionState
from core.domain.pricing.promotions.review.findings import Finding
from ports.clock import Clock
from ports.coupons import BatchesOfPromotion
from ports.pricing import PricingQueries, PromotionSummary

LANGUAGE = "en"
PAGE = 100

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PromotionCommands:
    pricing_queries: PricingQueries
    review_promotion: ReviewPromotion
    save_promotion: SavePromotion
    move_promotion: MovePromotion
    copy_promotion: CopyPromotion
    batches_of_promotion: BatchesOfPromotion
    currency: Currency
    now: Clock


@click.group()
def promotions() -> None:
    """List, save, check and move promotions."""


@promotions.command("list")
@click.option(
    "--state",
    type=click.Choice([str(each) for each in PromotionState]),
    help="Only promotions in this state.",
)
@json_option
@pass_assembly
def list_command(assembly: Assembly, state: str | None, as_json: bool) -> None:
    """List promotions with their orders, discounts and revenue."""

    async def work(parts: PromotionCommands) -> list[str]:
        chosen = PromotionState(state) if state else None
        page, cursor = await parts.pricing_queries.promotions(state=chosen, limit=PAGE, cursor="")
        rows = list(page)
        while cursor:
            page, cursor = await parts.pricing_queries.promotions(
                state=chosen, limit=PAGE, cursor=cursor
            )
            rows += page
        if as_json:
            return [json.dumps([_json(each) for each in rows], ensure_ascii=False)]
        return [_line(each, parts.currency) for each in rows]

    for line in run_prepared(assembly, PromotionCommands, work):
        click.echo(line)


@promotions.command("show")
@click.argument("code")
@pass_assembly
def show_command(assembly: Assembly, code: str) -> None:
    """Print the document of the promotion CODE, for `apply`."""

    async def work(parts: PromotionCommands) -> Document:
        managed, _ = await parts.pricing_queries.promotion(code)
        return to_document(managed.promotion)

    document = run_prepared(assembly, PromotionCommands, work)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


@promotions.command("apply")
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--activate", is_flag=True, help="Also activate the promotions that are drafts.")
@json_option
@pass_assembly
def apply_command(assembly: Assembly, file: TextIO, activate: bool, as_json: bool) -> None:
    """Create or change the promotions of FILE: a JSON document, or a list of them.

    A new promotion is a draft. If the review refuses a document, nothing is saved. Applying the
    same file again changes nothing.
    """
    documents = _documents(file)

    async def work(parts: PromotionCommands) -> list[SavedPromotion]:
        await _checked(parts, documents)
        saved = [await parts.save_promotion(each) for each in documents]
        for each in saved:
            if activate and each.state is PromotionState.DRAFT:
                await parts.move_promotion(each.code, PromotionMove.ACTIVATE)
        return saved

    codes = [str(each.get("code") or "?") for each in documents]
    saved = run_audited(assembly, PromotionCommands, work, "promotions apply", *codes)
    if as_json:
        click.echo(json.dumps([_saved_json(each) for each in saved], ensure_ascii=False))
        return
    for each in saved:
        click.echo(f"{each.code}: {each.result}, version {each.version}.")
        _print_warnings(each.code, each.warnings)


@promotions.command("check")
@click.argument("file", type=click.File(encoding="utf-8"))
@json_option
@pass_assembly
def check_command(assembly: Assembly, file: TextIO, as_json: bool) -> None:
    """Review the promotions of FILE without saving them. Exits with 1 if one is refused."""
    documents = _documents(file)

    async def work(parts: PromotionCommands) -> list[tuple[str, tuple[Finding, ...]]]:
        return await _checked(parts, documents)

    checked = run_prepared(assembly, PromotionCommands, work)
    if as_json:
        found = {code: list(_findings(warnings)) for code, warnings in checked}
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for code, warnings in checked:
        click.echo(f"{code}: can be saved.")
        _print_warnings(code, warnings)


@promotions.command("copy")
@click.argument("code")
@click.argument("new_code")
@pass_assembly
def copy_command(assembly: Assembly, code: str, new_code: str) -> None:
    """Create the draft NEW_CODE with the content of the promotion CODE."""

    async def work(parts: PromotionCommands) -> SavedPromotion:
        return await parts.copy_promotion(code, new_code)

    run_audited(assembly, PromotionCommands, work, "promotions copy", code, new_code)
    click.echo(f"{new_code}: created.")


def _move_command(move: PromotionMove, text: str) -> click.Command:
    @click.argument("code")
    @pass_assembly
    def command(assembly: Assembly, code: str) -> None:
        async def work(parts: PromotionCommands) -> tuple[PromotionState, tuple[str, ...]]:
            state = await parts.move_promotion(code, move)
            batches = await parts.batches_of_promotion(code, parts.now())
            return state, batches if state is PromotionState.ENDED else ()

        state, batches = run_audited(assembly, PromotionCommands, work, f"promotions {move}", code)
        click.echo(f"{code}: {state}.")
        if batches:
            click.echo(
                f"{code}: warning: the coupons of these batches open nothing now: "
                f"{', '.join(batches)}",
                err=True,
            )

    return click.command(str(move), help=text)(command)


promotions.add_command(try_command)
for _move, _text in {
    PromotionMove.ACTIVATE: "Activate the draft CODE.",
    PromotionMove.PAUSE: "Pause the promotion CODE.",
    PromotionMove.RESUME: "Resume the paused promotion CODE.",
    PromotionMove.END: "End the promotion CODE now, for ever.",
}.items():
    promotions.add_command(_move_command(_move, _text))


def _documents(file: TextIO) -> Sequence[Document]:
    try:
        content = json.load(file)
    except ValueError as error:
        raise click.ClickException(f"{file.name} is no JSON file: {error}") from error
    documents = content if isinstance(content, list) else [content]
    if not all(isinstance(each, dict) for each in documents):
        raise click.ClickException(f"{file.name} must be an object, or a list of objects.")
    return documents


async def _checked(
    parts: PromotionCommands, documents: Sequence[Document]
) -> list[tuple[str, tuple[Finding, ...]]]:
    """The warnings by code. Prints what is refused, and exits with 1."""
    checked, refused = [], []
    for number, document in enumerate(documents, start=1):
        name = str(document.get("code") or f"document {number}")
        try:
            promotion, warnings = await parts.review_promotion(document)
            checked.append((promotion.code, warnings))
        except (Invalid, InvalidFields) as error:
            refused += [f"{name}: {line}" for line in invalid_lines(error)]
    fail_with(refused)
    return checked


def _print_warnings(code: str, warnings: Sequence[Finding]) -> None:
    for each in _findings(warnings):
        click.echo(f"{code}: warning: {each['part']}: {each['message']}", err=True)


def _findings(findings: Sequence[Finding]) -> Iterator[dict[str, str]]:
    from adapters.web.language import finding_message  # noqa: PLC0415 -- it loads the web framework

    for each in findings:
        yield {"part": each.part, "code": each.code, "message": finding_message(each, LANGUAGE)}


def _saved_json(saved: SavedPromotion) -> dict[str, object]:
    return {
        "code": saved.code,
        "result": saved.result,
        "version": saved.version,
        "warnings": list(_findings(saved.warnings)),
    }


def _json(summary: PromotionSummary) -> dict[str, object]:
    return {
        "code": summary.code,
        "label": dict(summary.label.by_language),
        "state": summary.state,
        "lane": summary.lane,
        "priority": summary.priority,
        "starts_at": summary.starts_at and summary.starts_at.isoformat(),
        "ends_at": summary.ends_at and summary.ends_at.isoformat(),
        "version": summary.version,
        **asdict(summary.use),
    }


def _line(summary: PromotionSummary, currency: str) -> str:
    starts_at, ends_at, use = summary.starts_at, summary.ends_at, summary.use
    window = f"from {starts_at.isoformat()} " if starts_at else ""
    window += f"until {ends_at.isoformat()}" if ends_at else ""
    return (
        f"{summary.code}: {summary.state}, {summary.lane}, {window.strip() or 'no window'}, "
        f"{use.orders} orders, discounts {Money(use.discount, currency)}, "
        f"revenue {Money(use.revenue, currency)}"
    )
