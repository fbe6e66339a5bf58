"""The sandbox's side of the demo's past payments: without it, no past order could be refunded."""

from pathlib import Path

from core.domain.payments.payment import Payment

PLUGIN, TRADES = "payment_sandbox", "trades.db"


class SandboxTrades:
    """``data`` is the folder of the shop's data."""

    def __init__(self, data: Path, base_url: str) -> None:
        from entrepot.simulation import TradeStore  # noqa: PLC0415 -- it needs the web framework

        self._store = TradeStore(data / "plugins" / PLUGIN / TRADES)
        self._notify_url = f"{base_url}/notify/sandbox"

    def record(self, payment: Payment, language: str) -> None:
        """Store the trade of a paid payment, as if the buyer had paid at the sandbox."""
        from entrepot.simulation import Trade, TradeStatus  # noqa: PLC0415 -- as above

        self._store.add(
            Trade(
                reference=payment.reference,
                status=TradeStatus.WAITING,
                amount=payment.amount.minor,
                currency=payment.amount.currency,
                subject=payment.reference,
                expires_at=payment.expires_at,
                facts={
                    "notify_url": self._notify_url,
                    "return_url": "",
                    "language": language,
                    "hold": "0",
                },
            )
        )
        assert payment.paid_at is not None
        self._store.pay(payment.reference, payment.paid_at, payment.provider_reference)

    def close(self) -> None:
        self._store.close()
