"""Describes the stores outside the database, with the personal data in each."""

from core.domain.privacy.inventory import Store
from core.domain.text import Text

STORES: tuple[Store, ...] = (
    Store(
        code="keys",
        name=Text({"zh": "密钥库", "en": "Key store"}),
        personal=Text(
            {
                "zh": "每人一个加密密钥，以及已销毁密钥的编号",
                "en": "one encrypted key per person, and the identifiers of destroyed keys",
            }
        ),
        keeps="until erasure; identifiers of destroyed keys: no limit",
    ),
    Store(
        code="media",
        name=Text({"zh": "商品图片", "en": "Pictures"}),
        personal=Text({"zh": "无：仅含商品图片", "en": "none: product pictures only"}),
        keeps="as long as the product",
    ),
    Store(
        code="page_cache",
        name=Text({"zh": "页面缓存", "en": "Page cache"}),
        personal=Text(
            {"zh": "无：仅含匿名访客的页面", "en": "none: pages of anonymous visitors only"}
        ),
        keeps="seconds, in memory",
    ),
    Store(
        code="search_index",
        name=Text({"zh": "商品搜索索引", "en": "Search index"}),
        personal=Text({"zh": "无：仅含商品文字", "en": "none: product texts only"}),
        keeps="as long as the product",
    ),
    Store(
        code="recommendations",
        name=Text({"zh": "推荐模型", "en": "Recommendations"}),
        personal=Text(
            {
                "zh": "无：每组商品至少涉及五人，重建后不再保留",
                "en": "none: at least five people behind each pair; removed when rebuilt",
            }
        ),
        keeps="a day",
    ),
    Store(
        code="logs",
        name=Text({"zh": "日志", "en": "Logs"}),
        personal=Text(
            {"zh": "无：仅含编号，不含个人信息", "en": "none: identifiers without personal data"}
        ),
        keeps="as the operator decides",
    ),
    Store(
        code="exports",
        name=Text({"zh": "导出文件", "en": "Export bundles"}),
        personal=Text(
            {
                "zh": "请求人的全部个人信息，至下载完成",
                "en": "all data of the requester, until it is downloaded",
            }
        ),
        keeps="until it is sent; on the command line, in the folder that the operator chose",
    ),
    Store(
        code="emails",
        name=Text({"zh": "邮件", "en": "Emails"}),
        personal=Text(
            {
                "zh": "收件邮箱和一次性链接，移交邮件服务器后不保留",
                "en": "an email address and a one-time link; not kept after they are sent",
            }
        ),
        keeps="an hour, as the mail server keeps it",
    ),
)
