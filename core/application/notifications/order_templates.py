"""Templates of the emails about orders."""

from core.domain.notifications.templates import EmailTemplate
from core.domain.text import Text

SAMPLES = {
    "number": "2026112700000017",
    "lines": "青瓷茶壶（月白 · 450 ml）× 1\n盖碗 × 2",
    "total": "¥368.00",
    "amount": "¥168.00",
    "pay_before": "2026-11-27 16:45",
    "parcels": "sf SF1234567890",
    "link": "https://shop.example.com/zh/orders/2026112700000017?key=3f0c",
}

AWAITS_PAYMENT = EmailTemplate(
    code="order.awaits_payment",
    label=Text({"zh": "订单待付款", "en": "An order awaits its payment"}),
    subject=Text({"zh": "订单 {number} 待付款", "en": "Order {number} awaits your payment"}),
    body=Text(
        {
            "zh": "您的订单 {number} 已提交：\n\n{lines}\n\n应付金额：{total}\n"
            "请在 {pay_before}（北京时间）前付款，逾期订单将自动取消：\n\n{link}\n",
            "en": "We received your order {number}:\n\n{lines}\n\nTotal: {total}\n"
            "Please pay before {pay_before} (Beijing time). After that, the order is "
            "cancelled:\n\n{link}\n",
        }
    ),
    samples=SAMPLES,
)
PAID = EmailTemplate(
    code="order.paid",
    label=Text({"zh": "订单已付款", "en": "An order is paid"}),
    subject=Text({"zh": "订单 {number} 付款成功", "en": "Thank you for your order {number}"}),
    body=Text(
        {
            "zh": "感谢您的购买！订单 {number} 已付款，我们会尽快发货：\n\n{lines}\n\n"
            "合计：{total}\n\n查看订单：\n{link}\n",
            "en": "Thank you for your order {number}. It is paid, and we will ship it soon:\n\n"
            "{lines}\n\nTotal: {total}\n\nView your order:\n{link}\n",
        }
    ),
    samples=SAMPLES,
)
SHIPPED = EmailTemplate(
    code="order.shipped",
    label=Text({"zh": "订单已发货", "en": "A parcel was shipped"}),
    subject=Text({"zh": "订单 {number} 已发货", "en": "Your order {number} is on its way"}),
    body=Text(
        {
            "zh": "您的订单 {number} 已发货，运单号：\n\n{parcels}\n\n查看物流：\n{link}\n",
            "en": "Your order {number} is on its way. Tracking numbers:\n\n{parcels}\n\n"
            "Follow the delivery:\n{link}\n",
        }
    ),
    samples=SAMPLES,
)
CANCELLED = EmailTemplate(
    code="order.cancelled",
    label=Text({"zh": "订单已取消", "en": "An order was cancelled"}),
    subject=Text({"zh": "订单 {number} 已取消", "en": "Your order {number} was cancelled"}),
    body=Text(
        {
            "zh": "您的订单 {number} 已取消。如已付款，款项将原路退回。\n\n查看订单：\n{link}\n",
            "en": "Your order {number} was cancelled. If you have paid, the money goes back the "
            "way it came.\n\nView your order:\n{link}\n",
        }
    ),
    samples=SAMPLES,
)
REFUNDED = EmailTemplate(
    code="refund.succeeded",
    label=Text({"zh": "退款成功", "en": "A refund succeeded"}),
    subject=Text({"zh": "订单 {number} 退款成功", "en": "Refund for your order {number}"}),
    body=Text(
        {
            "zh": "订单 {number} 已退款 {amount}，到账时间以支付平台为准。\n\n查看订单：\n{link}\n",
            "en": "We refunded {amount} for your order {number}. Your bank or payment service "
            "may take some days to show it.\n\nView your order:\n{link}\n",
        }
    ),
    samples=SAMPLES,
)

ORDER_TEMPLATES = (AWAITS_PAYMENT, PAID, SHIPPED, CANCELLED, REFUNDED)
