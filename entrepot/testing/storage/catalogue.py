"""Cases of categories, brands and products."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from core.domain.catalogue.category import Brand
from core.domain.catalogue.variant import Sale
from core.domain.errors import AlreadyExists, Invalid, StaleVersion
from core.domain.identifiers import (
    BrandId,
    Sku,
)
from core.domain.money import Money
from entrepot.testing.storage.samples import NOW, POT, a_category, a_product, words
from ports.unit_of_work import UnitsOfWork

DAY = timedelta(days=1)


class CatalogueCases:
    async def test_the_tree_has_parents_before_children(self, units: UnitsOfWork) -> None:
        top, middle = a_category("tea"), a_category("a-ware")
        middle.parent_id = top.id
        leaf = a_category("a-pots", middle.id)
        async with units() as unit:
            for category in (top, middle, leaf):
                await unit.categories.save(category)
            await unit.commit()
        async with units() as unit:
            assert [each.slug for each in await unit.categories.list()] == [
                "tea",
                "a-ware",
                "a-pots",
            ]

    async def test_a_category_cannot_stand_below_its_child(self, units: UnitsOfWork) -> None:
        top = a_category("tea")
        leaf = a_category("pots", top.id)
        async with units() as unit:
            await unit.categories.save(top)
            await unit.categories.save(leaf)
            top.parent_id = leaf.id
            with pytest.raises(Invalid):
                await unit.categories.save(top)

    async def test_a_brand_comes_back(self, units: UnitsOfWork) -> None:
        brand = Brand(id=BrandId(uuid4()), slug="qizuo", name=words("器作"))
        async with units() as unit:
            await unit.brands.save(brand)
            await unit.commit()
        async with units() as unit:
            assert (await unit.brands.get(brand.id)).name == words("器作")

    async def test_a_product_comes_back_as_it_was(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        product = a_product(category.id)
        async with units() as unit:
            await unit.categories.save(category)
            await unit.products.save(product)
            await unit.commit()
        async with units() as unit:
            found = await unit.products.find("pot")
            by_sku = await unit.products.find_by_sku(POT)
        assert found is not None
        assert by_sku is not None
        for name in ("title", "description", "options", "variants", "tags", "state", "created_at"):
            assert getattr(found, name) == getattr(product, name)
        assert by_sku.id == product.id

    async def test_what_a_feed_or_a_plugin_says_of_a_product_comes_back(
        self, units: UnitsOfWork
    ) -> None:
        category = a_category("tea")
        product = a_product(category.id)
        product.tags, product.tag_languages = ("summer", "夏季"), {"summer": "en", "夏季": "zh"}
        product.extras = {"SEO Title": words("最好的壶")}
        product.fields = {"crafts.glaze": "celadon", "crafts.heat": 1280, "crafts.safe": False}
        product.variants = (
            replace(
                product.variants[0],
                supplier_sku="Pot #1",
                sale=Sale(price=Money(100, "CNY"), starts_at=NOW, ends_at=NOW + DAY),
                fields={"crafts.clay": 450},
            ),
        )
        async with units() as unit:
            await unit.categories.save(category)
            await unit.products.save(product)
            await unit.commit()
        async with units() as unit:
            found = await unit.products.find("pot")
            owners = await unit.products.owners([POT, Sku("OTHER")])
        assert found is not None
        for name in ("tags", "tag_languages", "extras", "fields", "variants"):
            assert getattr(found, name) == getattr(product, name)
        assert owners == {POT: product.id}

    async def test_handles_and_skus_are_unique(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        async with units() as unit:
            await unit.categories.save(category)
            await unit.products.save(a_product(category.id))
            await unit.commit()
        async with units() as unit:
            with pytest.raises(AlreadyExists):
                await unit.products.save(a_product(category.id, sku=Sku("OTHER")))
        async with units() as unit:
            with pytest.raises(AlreadyExists):
                await unit.products.save(a_product(category.id, handle="other"))

    async def test_a_stale_version_is_refused(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        async with units() as unit:
            await unit.categories.save(category)
            await unit.products.save(a_product(category.id))
            await unit.commit()
        async with units() as unit:
            stale = await unit.products.find("pot")
        async with units() as unit:
            fresh = await unit.products.find("pot")
            assert fresh is not None
            await unit.products.save(fresh)
            await unit.commit()
        assert stale is not None
        async with units() as unit:
            with pytest.raises(StaleVersion):
                await unit.products.save(stale)
