"""The product form of the back office: what was not touched stays as it was."""

from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.web.admin.product_form import draft_of, values_of
from adapters.web.forms import MAX_FIELD_LENGTH, SubmittedForm
from core.application.catalogue.drafts import VariantDraft
from core.application.catalogue.merging import has_same_content
from core.domain.catalogue.product import Picture, Product
from core.domain.catalogue.variant import OptionType, OptionValue
from core.domain.identifiers import CategoryId, Sku
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.factories import a_draft, a_product, yuan
from tests.feeds import case, load_file
from tests.web.html_forms import submitted

WORDS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=8
).map(str.strip)
TEXTS = st.fixed_dictionaries({}, optional={"zh": WORDS, "en": WORDS}).map(Text)
NAMES = TEXTS.filter(bool)
CODES = WORDS.filter(bool)
MANY_SIZES = 144


async def product_of(shop: Shop, handle: str) -> Product:
    async with shop.units()() as unit:
        product = await unit.products.find(handle)
    assert product is not None
    return product


async def signed_in(client: httpx.AsyncClient, shop: Shop) -> None:
    await shop.add_staff()("boss@example.com", "correct horse", "Boss")
    login = {"login": "boss@example.com", "password": "correct horse"}
    await client.post("/en/admin/login", data=login)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "words", ["S/M", "a, b | c = d", "back\\slash", "line\nbreak", "&lt;b&gt; \"q'"]
)
async def test_an_untouched_form_changes_nothing(
    client: httpx.AsyncClient, stocked: Shop, words: str
) -> None:
    sizes = tuple(
        OptionValue(f"{words}-{each}", Text({"zh": f"{words} {each}", "en": f"{words}/{each}"}))
        for each in range(MANY_SIZES)
    )
    draft = a_draft(
        "tricky",
        title=Text({"zh": "茶壶"}),
        description=Text({"en": f"\n<p>{'good pot ' * 1_000}</p>\n", "zh": "<p>壶</p>"}),
        tags=(words.replace("\n", " "), "b"),
        options=(OptionType("size", Text({"en": words}), sizes),),
        variants=tuple(
            VariantDraft(
                sku=Sku(f"T-{place}"),
                price=yuan(1234),
                options={"size": value.code},
                compare_at=yuan(2000) if place else None,
                suggested_by=f"Letter | {words}" if place else None,
            )
            for place, value in enumerate(sizes)
        ),
        pictures=(
            Picture(path="a|b.jpg", alt=Text({"zh": words, "en": "front"})),
            Picture(path="https://cdn.example/2.jpg", alt=Text({}), position=1),
        ),
    )
    await stocked.save_product()(draft)
    before = await product_of(stocked, "tricky")
    assert len(before.variants) == MANY_SIZES
    await signed_in(client, stocked)
    path = "/en/admin/products/tricky"
    fields = submitted((await client.get(path)).text, path)
    saved = await client.post(path, data=fields)
    assert saved.status_code == 303
    after = await product_of(stocked, "tricky")
    assert has_same_content(before, after)
    assert after.version == before.version


@pytest.mark.anyio
@pytest.mark.parametrize(
    "names",
    [
        ("long-description.csv",),
        ("slash-in-values.csv",),
        ("two-languages-en.csv", "two-languages-zh.csv"),
        ("sku-as-people-write-them.csv",),
    ],
    ids=lambda names: names[0],
)
async def test_an_imported_product_survives_an_untouched_form(
    client: httpx.AsyncClient, stocked: Shop, names: tuple[str, ...]
) -> None:
    for name in names:
        language = "zh" if "-zh." in name else "en"
        await load_file(stocked, case(name), language=language)
    await signed_in(client, stocked)
    rows, _ = await stocked.product_queries().list(
        words="", state=None, language="en", limit=50, cursor=""
    )
    handles = [row.handle for row in rows if row.handle != "celadon-teapot"]
    assert handles
    for handle in handles:
        before = await product_of(stocked, handle)
        path = f"/en/admin/products/{handle}"
        fields = submitted((await client.get(path)).text, path)
        assert (await client.post(path, data=fields)).status_code == 303
        after = await product_of(stocked, handle)
        assert has_same_content(before, after)
        assert after.version == before.version


@pytest.mark.anyio
async def test_a_language_that_was_emptied_is_gone(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await signed_in(client, stocked)
    path = "/en/admin/products/celadon-teapot"
    fields = submitted((await client.get(path)).text, path)
    assert fields["title-en"]
    emptied = {**fields, "title-en": "", "description-en": ""}
    assert (await client.post(path, data=emptied)).status_code == 303
    product = await product_of(stocked, "celadon-teapot")
    assert set(product.title.by_language) == set(product.description.by_language) == {"zh"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("tags", "x" * (MAX_FIELD_LENGTH + 1), f"at most {MAX_FIELD_LENGTH} characters"),
        ("description-en", "y" * 50_001, "longer than 50000 characters"),
        ("title-en", "nul\0", "NUL"),
        ("title-en", "z" * 256, "longer than 255 characters"),
    ],
)
async def test_what_cannot_be_kept_whole_is_refused_and_shown_again(
    client: httpx.AsyncClient, stocked: Shop, field: str, value: str, reason: str
) -> None:
    before = await product_of(stocked, "celadon-teapot")
    await signed_in(client, stocked)
    path = "/en/admin/products/celadon-teapot"
    fields = submitted((await client.get(path)).text, path) | {field: value}
    refused = await client.post(path, data=fields)
    assert refused.status_code == 422
    assert reason in refused.text
    assert value[:100].strip("\0") in refused.text
    assert has_same_content(before, await product_of(stocked, "celadon-teapot"))


@given(st.data())
def test_every_text_survives_the_lines_of_the_form(data: st.DataObject) -> None:
    codes = data.draw(st.lists(CODES, min_size=1, max_size=3, unique=True))
    values = tuple(OptionValue(code, data.draw(NAMES)) for code in codes)
    product = a_product(CategoryId(uuid4()), "any", *[f"SKU-{n}" for n in range(len(codes))])
    product.set_variants(
        (OptionType(data.draw(CODES), data.draw(NAMES), values),),
        tuple(
            replace(variant, options={"any": code}, barcode=data.draw(WORDS))
            for variant, code in zip(product.variants, codes, strict=True)
        ),
    )
    option = product.options[0].code
    product.set_variants(
        product.options,
        tuple(replace(each, options={option: each.options["any"]}) for each in product.variants),
    )
    product.set_pictures((Picture(path=data.draw(CODES), alt=data.draw(TEXTS)),))
    product.tags = tuple(data.draw(st.lists(CODES)))
    draft = draft_of(SubmittedForm(values_of(product, ())), product.handle, "CNY")
    assert draft.options == product.options
    assert draft.pictures == product.pictures
    assert draft.tags == product.tags
    assert [each.options for each in draft.variants] == [each.options for each in product.variants]
    assert [each.barcode for each in draft.variants] == [each.barcode for each in product.variants]


@pytest.mark.anyio
async def test_a_suggested_price_needs_evidence_to_be_shown(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    await signed_in(client, stocked)
    path = "/en/admin/products/celadon-teapot"
    fields = submitted((await client.get(path)).text, path)
    line, rest = fields["variants"].splitlines()
    start = line.removesuffix(" | ").removesuffix(" |").rpartition(" | ")[0]
    for evidence, is_suggested in (("", False), (" | Price list, page 7", True)):
        fields = submitted((await client.get(path)).text, path)
        changed = {**fields, "variants": f"{start} | 199 | 690{evidence}\n{rest}"}
        saved = await client.post(path, data=changed)
        assert saved.status_code == 303
        (variant, _) = (await product_of(stocked, "celadon-teapot")).variants
        assert (variant.compare_at, variant.barcode) == (yuan(199), "690")
        assert bool(variant.compare_at_basis) is is_suggested
        page = (await client.get(path)).text
        assert ("has no evidence" in page) is not is_suggested
    without = {**fields, "variants": f"{start} |  | 690 | Price list\n{rest}"}
    without["version"] = submitted(page, path)["version"]
    refused = await client.post(path, data=without)
    assert refused.status_code == 422
    assert "needs an amount and its evidence" in refused.text
