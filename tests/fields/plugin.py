"""The source of a plugin with a field of every kind."""

NAME = "crafts"
SOURCE = """
from entrepot import Capability, Manifest, Text, hookimpl
from entrepot.fields import (
    Category, Choice, Day, DecimalNumber, Field, FieldEditor, FieldOwner, LongText, Moment,
    NotPersonal, OnErase, Pii, ShortText, WholeNumber, YesNo,
)

manifest = Manifest(
    name="crafts", version="1", api=">=1,<2", capabilities=frozenset({Capability.FIELDS})
)
KEPT = []
STAFF, CUSTOMER = frozenset({FieldEditor.STAFF}), frozenset({FieldEditor.CUSTOMER})
GLAZES = {
    "celadon": Text({"zh": "青瓷", "en": "Celadon"}),
    "tenmoku": Text({"zh": "天目", "en": "Tenmoku"}),
}
GOODS = NotPersonal("describes goods")
NOTE = Pii(category=Category.FREE_TEXT, purpose="order", on_erase=OnErase.CLEAR)
TASTE = Pii(category=Category.PREFERENCE, purpose="account", on_erase=OnErase.DELETE)


def field(owner, name, zh, en, kind, personal, **options):
    label = Text({"zh": zh, "en": en})
    return Field(
        owner=owner, name=f"crafts.{name}", label=label, kind=kind, personal=personal, **options
    )


PRODUCT, VARIANT, CATEGORY = FieldOwner.PRODUCT, FieldOwner.VARIANT, FieldOwner.CATEGORY
ORDER, LINE, MEMBER = FieldOwner.ORDER, FieldOwner.LINE, FieldOwner.CUSTOMER
GRAMS = Text({"zh": "克", "en": "g"})
FIELDS = [
    field(PRODUCT, "glaze", "釉色", "Glaze", Choice(GLAZES), GOODS, edited_by=STAFF,
          shown=True, filterable=True),
    field(PRODUCT, "kiln", "窑口", "Kiln", ShortText(20), GOODS, edited_by=STAFF, shown=True,
          help=Text({"zh": "如：龙泉窑", "en": "Such as Longquan"})),
    field(PRODUCT, "story", "故事", "Story", LongText(200), GOODS, edited_by=STAFF, shown=True),
    field(PRODUCT, "heat", "烧成温度", "Firing temperature", WholeNumber(500, 1500), GOODS,
          edited_by=STAFF, filterable=True),
    field(PRODUCT, "lead", "含铅量", "Lead", DecimalNumber(3), GOODS, edited_by=STAFF),
    field(PRODUCT, "food_safe", "可盛食物", "Food safe", YesNo(), GOODS, edited_by=STAFF,
          default=True, shown=True, filterable=True),
    field(PRODUCT, "fired_on", "出窑日期", "Fired on", Day(), GOODS, edited_by=STAFF),
    field(PRODUCT, "on_air", "直播时间", "On air", Moment(), GOODS, edited_by=STAFF),
    field(PRODUCT, "rank", "排名", "Rank", WholeNumber(), GOODS, shown=True),
    field(VARIANT, "clay", "泥料重量", "Clay", WholeNumber(1, 9999, GRAMS), GOODS,
          edited_by=STAFF, shown=True, filterable=True),
    field(CATEGORY, "season", "时令", "Season", ShortText(), GOODS, shown=True),
    field(ORDER, "card", "贺卡留言", "Gift card", LongText(80), NOTE, edited_by=CUSTOMER,
          shown=True, asked_at_checkout=True),
    field(ORDER, "wrap", "包装", "Wrapping", Choice(GLAZES), NotPersonal("a kind of paper"),
          edited_by=CUSTOMER, shown=True, asked_at_checkout=True, required=True),
    field(ORDER, "station", "自提点", "Station", ShortText(), NotPersonal("a place of the shop"),
          shown=True, default="main hall"),
    field(LINE, "thread", "绣线颜色", "Thread", Choice(GLAZES), GOODS, edited_by=CUSTOMER,
          shown=True),
    field(MEMBER, "tea", "喜欢的茶", "Favourite tea", ShortText(), TASTE, edited_by=CUSTOMER,
          shown=True),
    field(MEMBER, "level", "等级", "Level", Choice(GLAZES), TASTE, shown=True),
]


@hookimpl
def entrepot_fields(context):
    KEPT.append(context)
    return FIELDS
"""
