"""Simulators let everyone pay without money, so the operator asks for them in words."""

from entrepot.hookspecs import PluginContext


class SimulationRefused(Exception):
    """The settings of a plugin ask for a simulator, and those of the shop do not allow it."""


def check_permission(context: PluginContext, plugin: str) -> None:
    """Raises `SimulationRefused` unless the shop allows simulated payments."""
    if not context.allow_simulated_payments:
        raise SimulationRefused(
            f"ENTREPOT_{plugin.upper()}_SIMULATE offers payments without money: remove it, or set"
            " ENTREPOT_ALLOW_SIMULATED_PAYMENTS=true"
        )
