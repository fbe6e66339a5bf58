"""Addresses as people write them, and the one form in which the shop keeps them."""

import json
from pathlib import Path

import pytest

from adapters.regions import divisions, placed
from adapters.web.forms import SubmittedForm
from adapters.web.storefront.address import address_of
from core.domain.address import Address
from core.domain.errors import Invalid
from core.domain.text import composed

STATIC = Path(__file__).parents[2] / "adapters/web/static/divisions.json"


def written(region: str, city: str, district: str = "", **changes: str) -> Address:
    values = {"name": "李梅", "phone": "13800138000", "street": "幸福路 1 号", **changes}
    return address_of(
        SubmittedForm({"region": region, "city": city, "district": district, **values})
    )


@pytest.mark.parametrize(
    ("region", "city", "district", "line"),
    [
        ("湖北省", "仙桃市", "", "湖北省仙桃市幸福路 1 号"),
        ("湖北省", "省直辖县级行政区划", "仙桃市", "湖北省仙桃市幸福路 1 号"),
        ("湖北省", "仙桃市", "仙桃市", "湖北省仙桃市幸福路 1 号"),
        (
            "新疆维吾尔自治区",
            "自治区直辖县级行政区划",
            "石河子市",
            "新疆维吾尔自治区石河子市幸福路 1 号",
        ),
        ("北京市", "市辖区", "东城区", "北京市东城区幸福路 1 号"),
        ("重庆市", "县", "城口县", "重庆市城口县幸福路 1 号"),
        ("广东", "深圳", "南山", "广东省深圳市南山区幸福路 1 号"),
        ("广东省", "东莞市", "", "广东省东莞市幸福路 1 号"),
        ("香港", "香港", "湾仔", "香港特别行政区湾仔区幸福路 1 号"),
    ],
)
def test_an_address_is_printed_as_the_post_writes_it(
    region: str, city: str, district: str, line: str
) -> None:
    assert written(region, city, district).one_line == line


@pytest.mark.parametrize(
    ("region", "city", "district", "field"),
    [
        ("海国省", "深圳市", "南山区", "region"),
        ("广东省", "杭州市", "西湖区", "city"),
        ("广东省", "深圳市", "西湖区", "district"),
        ("广东省", "深圳市", "", "district"),
        ("", "深圳市", "南山区", "region"),
    ],
)
def test_a_wrong_division_is_named(region: str, city: str, district: str, field: str) -> None:
    with pytest.raises(Invalid) as error:
        written(region, city, district)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("region", "city", "district", "phone", "number"),
    [
        ("香港特别行政区", "香港特别行政区", "湾仔区", "9123 4567", "+85291234567"),
        ("香港", "香港", "湾仔", "9123 4567", "+85291234567"),
        ("香港特别行政区", "香港特别行政区", "湾仔区", "13800138000", "+8613800138000"),
        ("澳门特别行政区", "澳门特别行政区", "大堂区", "6612 3456", "+85366123456"),
        ("台湾省", "台北市", "中正区", "0912 345 678", "+886912345678"),
        ("广东省", "深圳市", "南山区", "138-0013-8000", "+8613800138000"),
    ],
)
def test_a_number_is_read_by_the_plan_of_its_province(
    region: str, city: str, district: str, phone: str, number: str
) -> None:
    assert written(region, city, district, phone=phone).phone == number


def test_a_text_is_composed_and_printable() -> None:
    address = written("广东省", "深圳市", "南山区", name=" Zoe\u0308 ")
    assert address.name == composed("Zoë") == "Zoë"
    for wrong in ("李\u202e梅", "李\n梅", "李\u200b梅", "\u200b"):
        with pytest.raises(Invalid):
            written("广东省", "深圳市", "南山区", name=wrong)


def test_no_division_is_a_placeholder() -> None:
    names = {
        name
        for cities in divisions().values()
        for city, districts in cities.items()
        for name in (city, *districts)
    }
    assert "仙桃市" in names
    assert [name for name in names if "直辖" in name] == []
    assert json.loads(STATIC.read_text(encoding="utf-8")) == divisions()


def test_other_countries_stay_as_they_are_written() -> None:
    address = Address(
        name="Ada", phone="+442079460958", country="GB", city="London", street="1 High St"
    )
    assert placed(address) is address
