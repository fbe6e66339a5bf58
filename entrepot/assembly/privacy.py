"""What people ask about their data: a copy, a correction, an erasure."""

from adapters.evidence.signing import signature_of
from adapters.keys.vault import Vault
from adapters.privacy.exporting import WriteBundle
from adapters.privacy.processing import wording
from core.application.consents import DecideConsent, Notice
from core.application.privacy.answering import (
    AnswerAccess,
    CarryOutWish,
    EndRequest,
    LiftRestriction,
    RestrictRecords,
)
from core.application.privacy.erasing import CarryOutErasures, DestroyKeys, ExecuteErasure, Sign
from core.application.privacy.keepers import Keepers
from core.application.privacy.planning import ApproveErasure, PlanErasure, PreviewErasure
from core.application.privacy.requests import OpenRequest, RefuseRequest
from core.application.privacy.retention import EndRetention
from core.domain.privacy.policy import Policy
from entrepot.assembly.personal_data import PersonalDataParts
from entrepot.assembly.wiring import bound, made, wired
from ports.clock import Clock


def notice_of(policy: Policy, keepers: Keepers, now: Clock) -> Notice:
    inventory = [each for keeper in keepers.here for each in keeper.inventory()]
    return Notice(policy, wording(policy, inventory), now)


def destroy_keys_of(vault: Vault) -> DestroyKeys:
    return vault.destroy


def signing_of(vault: Vault) -> Sign:
    return lambda document: signature_of(vault.keyring.signer, document)


@wired
class PrivacyParts(PersonalDataParts):
    notice = bound(Notice, notice_of)
    decide_consent = made(DecideConsent)

    open_request = made(OpenRequest)
    refuse_request = made(RefuseRequest)
    end_request = made(EndRequest)
    carry_out_wish = made(CarryOutWish)

    write_bundle = made(WriteBundle)
    answer_access = made(AnswerAccess, write_bundle=write_bundle)
    restrict_records = made(RestrictRecords)
    lift_restriction = made(LiftRestriction)

    destroy_keys = bound(DestroyKeys, destroy_keys_of)
    sign = bound(Sign, signing_of)
    preview_erasure = made(PreviewErasure)
    plan_erasure = made(PlanErasure)
    approve_erasure = made(ApproveErasure)
    execute_erasure = made(ExecuteErasure)
    carry_out_erasures = made(CarryOutErasures)
    end_retention = made(EndRetention)
