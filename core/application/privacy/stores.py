"""Places that are no tables, and what they know of people."""

from core.domain.privacy.inventory import Store
from core.domain.text import Text

STORES: tuple[Store, ...] = (
    Store(
        code="keys",
        name=Text({"zh": "密钥库", "en": "Key store"}),
        personal=Text(
            {
                "zh": "每人一个加密密钥，以及已销毁密钥的编号",
                "en": "one encrypted key for each person, and the numbers of destroyed ones",
            }
        ),
        keeps="until erasure; numbers of destroyed keys for ever",
    ),
    Store(
        code="media",
        name=Text({"zh": "商品图片", "en": "Pictures"}),
        personal=Text({"zh": "无：仅商品图片", "en": "nothing: pictures of goods alone"}),
        keeps="as long as the product",
    ),
    Store(
        code="page_cache",
        name=Text({"zh": "页面缓存", "en": "Page cache"}),
        personal=Text(
            {"zh": "无：仅匿名访客的页面", "en": "nothing: pages of anonymous visitors alone"}
        ),
        keeps="seconds, in memory",
    ),
    Store(
        code="search_index",
        name=Text({"zh": "商品检索", "en": "Search index"}),
        personal=Text({"zh": "无：仅商品文字", "en": "nothing: words of products alone"}),
        keeps="as long as the product",
    ),
    Store(
        code="recommendations",
        name=Text({"zh": "推荐模型", "en": "Recommendations"}),
        personal=Text(
            {
                "zh": "无：每一对商品背后至少五人，重建时遗忘",
                "en": "nothing: five people at least are behind every pair; rebuilding forgets",
            }
        ),
        keeps="a day",
    ),
    Store(
        code="logs",
        name=Text({"zh": "日志", "en": "Logs"}),
        personal=Text(
            {"zh": "无：仅编号，不含个人信息", "en": "nothing: numbers, without personal data"}
        ),
        keeps="as the operator decides",
    ),
    Store(
        code="exports",
        name=Text({"zh": "导出包", "en": "Export bundles"}),
        personal=Text(
            {
                "zh": "被导出者的全部数据，直到下载完成",
                "en": "everything of who asked, until it was fetched",
            }
        ),
        keeps="until it was sent; on the command line, where the operator had it written",
    ),
    Store(
        code="letters",
        name=Text({"zh": "邮件", "en": "Letters"}),
        personal=Text(
            {
                "zh": "收件邮箱与一次性链接，交给邮件服务器后不留存",
                "en": "an address and a link that works once; handed to the mail server, not kept",
            }
        ),
        keeps="an hour, as the mail server keeps it",
    ),
)
