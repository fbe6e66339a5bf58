"""The source of a plugin with a tax engine. It behaves as ``HOW`` says."""

NAME = "taxman"
SOURCE = '''
import asyncio
from entrepot import (
    Capability, Manifest, Money, OutcomeUnknown, Rejected, TaxAmount, TaxAnswer, Text, Unavailable,
    hookimpl,
)

manifest = Manifest(
    name="taxman", version="1", api=">=1,<2", capabilities=frozenset({Capability.TAXES})
)
HOW = {"calculate": "works", "commit": "works", "rate": 20}
ASKED, RECORDED, VOIDED = [], {}, []


class Taxman:
    """20 % on everything, added to prices or contained in them."""

    code = "taxman"

    async def calculate(self, request):
        ASKED.append(request)
        how = HOW["calculate"]
        if how == "slow":
            await asyncio.sleep(60)
        if how == "fails":
            raise ValueError("broken")
        if how == "down":
            raise Unavailable
        if how == "rejects":
            raise Rejected("no such place")
        lines = {line.key: self.taxes(line, request) for line in request.lines}
        if how == "forgets a line":
            lines.popitem()
        return TaxAnswer(lines)

    def taxes(self, line, request):
        rate, minor = HOW["rate"], line.amount.minor
        part = 100 + rate if request.prices_include_tax else 100
        tax = Money((minor * rate * 2 + part) // (2 * part), line.amount.currency)
        return (
            TaxAmount(
                code="levy",
                label=Text({"zh": "税", "en": "Levy"}),
                rate=f"0.{rate}",
                base=line.amount - tax if request.prices_include_tax else line.amount,
                amount=tax,
                included=request.prices_include_tax,
            ),
        )

    async def commit(self, request):
        if HOW["commit"] == "down":
            raise OutcomeUnknown
        if RECORDED.setdefault(request.reference, request) != request:
            raise Rejected("another sale")

    async def void(self, reference):
        VOIDED.append(reference)
        RECORDED.pop(reference, None)


@hookimpl
def entrepot_tax_engines(context):
    return [Taxman()]
'''
