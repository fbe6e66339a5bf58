"""Cases of the declarations of a gateway, and of its secrets."""

import logging

import pytest

from core.domain.text import Text
from entrepot.simulation import Fault
from entrepot.testing.gateway_fixture import GatewayFixture
from entrepot.testing.payment.steps import pay, reference_of
from ports.errors import (
    PortError,
)
from ports.payments.gateway import PaymentGateway
from ports.payments.protocols import PROTOCOLS
from ports.payments.purchase import PurchaseRequest, Scene


class DeclarationCases:
    async def test_its_identity_is_complete(self, gateway: PaymentGateway) -> None:
        assert isinstance(gateway, PaymentGateway)
        assert gateway.code.isascii()
        assert gateway.code
        assert isinstance(gateway.name, Text)
        assert gateway.account
        assert gateway.scenes
        assert set(gateway.scenes) <= set(Scene)

    async def test_it_implements_what_it_declares(self, gateway: PaymentGateway) -> None:
        for ability in gateway.abilities:
            assert isinstance(gateway, PROTOCOLS[ability]), ability

    async def test_no_secret_is_logged_or_shown(
        self,
        simulated: GatewayFixture,
        purchase: PurchaseRequest,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await pay(simulated, purchase)
        shown = [repr(simulated.gateway), str(vars(simulated.gateway))]
        simulated.arm(Fault.BAD_SIGNATURE if simulated.signs_answers else Fault.SERVER_ERROR)
        try:
            await simulated.gateway.query(reference_of(purchase))
        except PortError as error:
            shown.append(f"{error!r} {error.__cause__!r}")
        printed = capsys.readouterr()
        everything = "\n".join([caplog.text, printed.out, printed.err, *shown])
        assert simulated.secrets
        for secret in simulated.secrets:
            assert secret not in everything
