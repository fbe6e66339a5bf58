"""The kinds of content blocks that every shop has."""

from core.domain.content.blocks import BlockField, BlockFieldKind, BlockKind
from core.domain.text import Text

HERO = BlockKind(
    code="hero",
    name=Text({"zh": "主视觉", "en": "Banner"}),
    template="hero.html",
    fields=(
        BlockField(
            name="title",
            label=Text({"zh": "标题", "en": "Headline"}),
            kind=BlockFieldKind.LINE,
            required=True,
        ),
        BlockField(name="text", label=Text({"zh": "说明", "en": "Text"}), kind=BlockFieldKind.LINE),
        BlockField(
            name="picture",
            label=Text({"zh": "图片地址", "en": "Address of the picture"}),
            kind=BlockFieldKind.ADDRESS,
        ),
        BlockField(
            name="link",
            label=Text({"zh": "链接地址", "en": "Address of the link"}),
            kind=BlockFieldKind.ADDRESS,
        ),
    ),
)
RICH_TEXT = BlockKind(
    code="rich_text",
    name=Text({"zh": "图文", "en": "Rich text"}),
    template="rich_text.html",
    fields=(
        BlockField(
            name="text",
            label=Text({"zh": "正文（HTML）", "en": "Text (HTML)"}),
            kind=BlockFieldKind.RICH,
            required=True,
        ),
    ),
)
PRODUCT_ROW = BlockKind(
    code="product_row",
    name=Text({"zh": "商品列表", "en": "Product row"}),
    template="product_row.html",
    fields=(
        BlockField(
            name="title",
            label=Text({"zh": "标题", "en": "Headline"}),
            kind=BlockFieldKind.LINE,
            required=True,
        ),
        BlockField(
            name="products",
            label=Text({"zh": "商品", "en": "Products"}),
            kind=BlockFieldKind.PRODUCTS,
        ),
        BlockField(
            name="category",
            label=Text({"zh": "分类", "en": "Category"}),
            kind=BlockFieldKind.CATEGORY,
        ),
    ),
)
SHOP_KINDS = (HERO, RICH_TEXT, PRODUCT_ROW)
