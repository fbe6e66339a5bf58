"""Privacy requests: copy, correction, restriction and erasure."""

from adapters.bundles.staging import StagingArea
from adapters.bundles.writer import ZipBundles
from adapters.keys.vault import Vault
from adapters.security.signatures import signature_of, verify_signature
from adapters.serialization.canonical import canonical, digest
from core.application.privacy.bundles import WriteBundle
from core.application.privacy.consents import DecideConsent, Notice
from core.application.privacy.data_providers import DataProviders
from core.application.privacy.erasure import CarryOutErasures, DestroyKeys, ExecuteErasure
from core.application.privacy.planning import ApproveErasure, PlanErasure, PreviewErasure
from core.application.privacy.processing import wording
from core.application.privacy.requests import OpenRequest, RefuseRequest
from core.application.privacy.responses import (
    AnswerAccess,
    CarryOutRequest,
    EndRequest,
    LiftRestriction,
    RestrictRecords,
)
from core.application.privacy.retention import EndRetention
from core.domain.privacy.policy import Policy
from entrepot.assembly.personal_data import PersonalDataParts
from entrepot.assembly.wiring import bound, constant, made, wired
from ports.bundles import Bundles, Staging
from ports.clock import Clock
from ports.signatures import Canonical, Digest, IsSigned, Sign


def notice_of(policy: Policy, data_providers: DataProviders, digest: Digest, now: Clock) -> Notice:
    return Notice(policy, wording(policy, data_providers.inventory(), digest), now)


def destroy_keys_of(vault: Vault) -> DestroyKeys:
    return vault.destroy


def sign_of(vault: Vault) -> Sign:
    return lambda document: signature_of(vault.keyring.signer, document)


def is_signed_of(vault: Vault) -> IsSigned:
    return lambda document, signature: verify_signature(
        vault.keyring.signer.public_key(), document, signature
    )


@wired
class PrivacyParts(PersonalDataParts):
    canonical = constant(Canonical, canonical)
    digest = constant(Digest, digest)
    sign = bound(Sign, sign_of)
    is_signed = bound(IsSigned, is_signed_of)
    bundles = bound(Bundles, ZipBundles)
    staging = constant(Staging, StagingArea.beside)

    notice = bound(Notice, notice_of)
    decide_consent = made(DecideConsent)

    open_request = made(OpenRequest)
    refuse_request = made(RefuseRequest)
    end_request = made(EndRequest)
    carry_out_request = made(CarryOutRequest)

    write_bundle = made(WriteBundle)
    answer_access = made(AnswerAccess)
    restrict_records = made(RestrictRecords)
    lift_restriction = made(LiftRestriction)

    destroy_keys = bound(DestroyKeys, destroy_keys_of)
    preview_erasure = made(PreviewErasure)
    plan_erasure = made(PlanErasure)
    approve_erasure = made(ApproveErasure)
    execute_erasure = made(ExecuteErasure)
    carry_out_erasures = made(CarryOutErasures)
    end_retention = made(EndRetention)
