"""The permissions of the shop itself."""

from core.domain.permissions import Permission
from core.domain.text import Text


def _permission(code: str, zh: str, en: str, meaning_zh: str, meaning_en: str) -> Permission:
    return Permission(
        code=code,
        label=Text({"zh": zh, "en": en}),
        description=Text({"zh": meaning_zh, "en": meaning_en}),
    )


ORDERS_READ = _permission(
    "orders.read",
    "查看订单",
    "See orders",
    "订单及其收货人、地址、付款和退款，订单邮件的预览。",
    "Orders with recipients, addresses, payments and refunds, and samples of order emails.",
)
ORDERS_SHIP = _permission(
    "orders.ship",
    "发货",
    "Ship orders",
    "登记包裹和送达。",
    "Record parcels and deliveries.",
)
ORDERS_CHANGE = _permission(
    "orders.change",
    "取消和暂停订单",
    "Cancel and hold orders",
    "取消订单并退回已付款项，暂停订单和解除暂停。",
    "Cancel orders, which returns paid money. Place holds and lift them.",
)
ORDERS_REFUND = _permission(
    "orders.refund",
    "退款",
    "Refund money",
    "退款，重试退款，登记以其他方式退回的款项。",
    "Refund orders and returns, retry refunds, and record money that went back another way.",
)
ORDERS_RETAINED = _permission(
    "orders.retained",
    "查看依法保留的地址",
    "See retained addresses",
    "客户的个人信息删除后，仅为法定义务保留的地址。",
    "Addresses that are kept for legal reasons alone, after their customers were erased.",
)
RETURNS_READ = _permission(
    "returns.read",
    "查看退换货",
    "See returns",
    "退换货申请及其订单，以及需要检查的退款。",
    "Returns with their orders, and refunds to check.",
)
RETURNS_DECIDE = _permission(
    "returns.decide",
    "处理退换货",
    "Decide returns",
    "同意、拒绝、收货、验货和换货。",
    "Approve, reject, receive, inspect and exchange returns.",
)
PAYMENTS_READ = _permission(
    "payments.read",
    "查看对账",
    "See reconciliation",
    "对账报告，无法匹配的支付通知，需要检查的退款。",
    "Reconciliation reports, payment messages that do not fit, and refunds to check.",
)
PAYMENTS_RECONCILE = _permission(
    "payments.reconcile",
    "对账",
    "Reconcile payments",
    "下载支付渠道的账单并对账。",
    "Fetch the statement of a payment provider and compare it.",
)
PAYMENTS_CHARGEBACK = _permission(
    "payments.chargeback",
    "登记拒付",
    "Record chargebacks",
    "登记银行收回的款项，以及银行退还的款项。",
    "Record money that a bank took back, and money that it returned.",
)
CATALOGUE_READ = _permission(
    "catalogue.read",
    "查看商品",
    "See products",
    "所有状态的商品、价格和库存。",
    "Products in every state, with prices and stock.",
)
CATALOGUE_CHANGE = _permission(
    "catalogue.change",
    "编辑商品",
    "Change products",
    "新建、编辑、上架和下架商品，包括标价；编排首页内容。",
    "Create, edit, publish and archive products, with their list prices. Arrange the home page.",
)
STOCK_CHANGE = _permission(
    "stock.change",
    "盘点库存",
    "Count stock",
    "设置库存数量和可超卖数量。",
    "Set the units on hand and the backorder limit.",
)
PROMOTIONS_READ = _permission(
    "promotions.read",
    "查看促销",
    "See promotions",
    "促销及其效果，试算。",
    "Promotions with their results, and the test cart.",
)
PROMOTIONS_CHANGE = _permission(
    "promotions.change",
    "编辑促销",
    "Change promotions",
    "新建、复制和编辑促销。对进行中的促销立即生效。",
    "Create, copy and edit promotions. Edits of a running promotion count at once.",
)
PROMOTIONS_PUBLISH = _permission(
    "promotions.publish",
    "启用促销",
    "Start and stop promotions",
    "启用、暂停和结束促销。",
    "Start, pause and end promotions.",
)
COUPONS_READ = _permission(
    "coupons.read",
    "查看优惠券",
    "See coupons",
    "优惠券批次及其使用情况，不含券码。",
    "Coupon batches with their uses, without codes.",
)
COUPONS_CHANGE = _permission(
    "coupons.change",
    "管理优惠券",
    "Change coupons",
    "新建和结束批次，发放和作废优惠券。",
    "Create and end batches, issue and revoke coupons.",
)
COUPONS_EXPORT = _permission(
    "coupons.export",
    "导出券码",
    "Export coupon codes",
    "生成券码并下载。券码等同于钱。",
    "Make coupon codes and download them. Codes are worth money.",
)
PRICES_READ = _permission(
    "prices.read",
    "查看价目表",
    "See price lists",
    "价目表和价格历史。",
    "Price lists and the price history.",
)
PRICES_CHANGE = _permission(
    "prices.change",
    "编辑价目表",
    "Change price lists",
    "新建和编辑价目表及其价格。",
    "Create and edit price lists and their prices.",
)
TAXES_READ = _permission(
    "taxes.read",
    "查看税率",
    "See tax rates",
    "所有税率。",
    "All tax rates.",
)
TAXES_CHANGE = _permission(
    "taxes.change",
    "编辑税率",
    "Change tax rates",
    "保存和删除税率。",
    "Save and remove tax rates.",
)
CUSTOMERS_CHANGE = _permission(
    "customers.change",
    "管理客户账户",
    "Change customer accounts",
    "设置客户分组，结束会话，关闭两步验证，发送重置密码链接。",
    "Set groups, end sessions, turn a second factor off, and send password links.",
)
PRIVACY_READ = _permission(
    "privacy.read",
    "查看个人信息请求",
    "See privacy requests",
    "个人信息请求及其删除计划。",
    "Privacy requests with their erasure plans.",
)
PRIVACY_DECIDE = _permission(
    "privacy.decide",
    "处理个人信息请求",
    "Decide privacy requests",
    "登记、批准、拒绝和答复请求。删除无法撤销。",
    "Record, approve, refuse and answer requests. An erasure is final.",
)
PRIVACY_DISCLOSE = _permission(
    "privacy.disclose",
    "下载个人信息副本",
    "Download copies of personal data",
    "下载客户请求的副本，用于转交。",
    "Download the copy that a customer asked for, to hand it over.",
)
AUDIT_READ = _permission(
    "audit.read",
    "查看合规存证",
    "See compliance evidence",
    "存证页面：日志长度、请求期限、数据查看申请。",
    "The evidence page: lengths of the logs, deadlines of requests, disclosure requests.",
)
EVIDENCE_EXPORT = _permission(
    "evidence.export",
    "下载存证包",
    "Export evidence",
    "下载存证包。其中不含个人信息。",
    "Download the evidence package. It names no person.",
)
DISCLOSURES_REQUEST = _permission(
    "disclosures.request",
    "申请查看个人信息",
    "Request disclosures",
    "申请查看会员数据，经他人批准后可查看一小时。",
    "Request a member's data, and read it for one hour after a second person approved.",
)
DISCLOSURES_APPROVE = _permission(
    "disclosures.approve",
    "批准查看个人信息",
    "Approve disclosures",
    "批准他人的查看申请。",
    "Approve the disclosure request of another person.",
)
DASHBOARD_READ = _permission(
    "dashboard.read",
    "查看概览",
    "See the overview",
    "销售数据和插件状态。",
    "Sales figures and the health of plugins.",
)
STAFF_MANAGE = _permission(
    "staff.manage",
    "管理员工和角色",
    "Manage staff and roles",
    "添加、停用员工，编辑角色。只能授予自己拥有的权限。",
    "Add and disable staff, and edit roles. Only own permissions can be given.",
)
PLUGINS_MANAGE = _permission(
    "plugins.manage",
    "管理插件",
    "Manage plugins",
    "更改插件的设置；授予插件的权限，即使自己没有。",
    "Change settings of plugins. Give their permissions, also those that one does not have.",
)
