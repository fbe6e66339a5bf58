"""The demo customers and their past baskets, with a pattern that a recommender can find.

Each customer has a favourite series and three favourite categories. A basket starts with a product
of one of them, and products of the companion categories follow.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from core.domain.address import Address
from entrepot.demo.catalogue import DemoProduct

# Category → companion categories, the more likely one first.
COMPANIONS = {
    "teapots": ("tea-cups", "candles"),
    "tea-cups": ("teapots", "bowls-and-plates"),
    "bowls-and-plates": ("mugs", "towels"),
    "mugs": ("bowls-and-plates", "notebooks"),
    "lamps": ("candles", "cushions"),
    "candles": ("lamps", "teapots"),
    "towels": ("t-shirts", "cushions"),
    "cushions": ("lamps", "towels"),
    "notebooks": ("pens", "mugs"),
    "pens": ("notebooks", "totes"),
    "backpacks": ("totes", "notebooks"),
    "totes": ("notebooks", "scarves"),
    "t-shirts": ("scarves", "totes"),
    "scarves": ("t-shirts", "totes"),
}
FAMILY = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗梁"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀英",
    "霞",
    "平",
    "桂英",
    "子涵",
    "欣怡",
    "浩然",
    "雨桐",
    "梓萱",
    "思远",
    "若曦",
    "一诺",
    "书瑶",
    "嘉宁",
]
PLACES = (
    ("上海市", "上海市", "徐汇区", "衡山路"),
    ("北京市", "北京市", "朝阳区", "望京街"),
    ("广东省", "深圳市", "南山区", "科苑路"),
    ("广东省", "广州市", "天河区", "体育西路"),
    ("浙江省", "杭州市", "西湖区", "文三路"),
    ("江苏省", "苏州市", "姑苏区", "平江路"),
    ("四川省", "成都市", "武侯区", "玉林路"),
    ("湖北省", "武汉市", "江岸区", "沿江大道"),
    ("陕西省", "西安市", "雁塔区", "小寨东路"),
    ("福建省", "厦门市", "思明区", "环岛路"),
    ("湖南省", "长沙市", "岳麓区", "麓山路"),
    ("山东省", "青岛市", "市南区", "香港中路"),
)
DAYS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    number: int
    name: str
    login: str
    address: Address
    favourite_series: int
    favourite_categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoBasket:
    person: DemoPerson
    products: tuple[DemoProduct, ...]
    at: datetime


def people(count: int, random: Random) -> list[DemoPerson]:
    """The first person has the log-in that the demo prints."""
    categories = sorted(COMPANIONS)
    names = [random.choice(FAMILY) + random.choice(GIVEN) for _ in range(count)]
    names[0] = "李梅"
    return [
        DemoPerson(
            number=number,
            name=name,
            login="mei@example.com" if number == 0 else f"customer{number}@example.com",
            address=_address(number, name, random),
            favourite_series=random.randrange(4),
            favourite_categories=tuple(random.sample(categories, 3)),
        )
        for number, name in enumerate(names)
    ]


def baskets(
    customers: list[DemoPerson],
    products: list[DemoProduct],
    count: int,
    now: datetime,
    random: Random,
) -> Iterator[DemoBasket]:
    """Oldest first. There are more baskets in recent weeks."""
    by_leaf: dict[str, list[DemoProduct]] = {}
    for product in products:
        by_leaf.setdefault(product.leaf, []).append(product)
    ages = sorted((random.random() ** 1.6 for _ in range(count)), reverse=True)
    for age in ages:
        person = customers[
            min(int(random.expovariate(1 / (len(customers) / 3))), len(customers) - 1)
        ]
        yield DemoBasket(
            person=person,
            products=tuple(_basket(person, by_leaf, random)),
            at=now - timedelta(days=age * DAYS, minutes=random.randrange(720)),
        )


def _basket(
    person: DemoPerson, by_leaf: dict[str, list[DemoProduct]], random: Random
) -> list[DemoProduct]:
    leaf = random.choice(person.favourite_categories)
    first = _pick(by_leaf[leaf], person.favourite_series, random)
    chosen = [first]
    for companion, likelihood in zip(COMPANIONS[leaf], (0.6, 0.3), strict=True):
        if random.random() < likelihood:
            matching = [
                each
                for each in by_leaf[companion]
                if each.kind == first.kind and each.series == first.series
            ]
            if matching and random.random() < 0.7:  # noqa: PLR2004
                chosen.append(matching[0])
            else:
                chosen.append(_pick(by_leaf[companion], person.favourite_series, random))
    return chosen


def _pick(products: list[DemoProduct], favourite_series: int, random: Random) -> DemoProduct:
    """Prefers the first kinds and the favourite series."""
    series = favourite_series if random.random() < 0.65 else random.randrange(4)  # noqa: PLR2004
    kind = min(int(random.expovariate(0.6)), 5)
    return next(each for each in products if each.kind == kind and each.series == series)


def _address(number: int, name: str, random: Random) -> Address:
    region, city, district, street = random.choice(PLACES)
    return Address(
        name=name,
        phone=f"+86138{number:08d}",
        country="CN",
        region=region,
        city=city,
        district=district,
        street=f"{street}{random.randrange(1, 400)}号{random.randrange(1, 30)}室",
    )
