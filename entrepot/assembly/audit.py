"""The staff audit, the audit logs, evidence packs and disclosure requests."""

from adapters.database.audit.chain import SqlChainedLogs
from adapters.database.audit.evidence import SqlEvidenceRecords
from adapters.database.audit.log import SqlAuditLog
from core.application.audit.evidence import WriteEvidence
from core.application.audit.plugin_acts import RecordPluginAct
from core.application.audit.staff_actions import RecordStaffAction
from core.application.audit.verification import SignHeads, VerifyLog
from core.application.privacy.disclosures import (
    ApproveDisclosure,
    ReadDisclosure,
    RequestDisclosure,
)
from entrepot.assembly.privacy import PrivacyParts
from entrepot.assembly.wiring import bound, made, wired
from ports.audit import ChainedLogs, EvidenceRecords


@wired
class AuditParts(PrivacyParts):
    audit_log = made(SqlAuditLog)
    audit_logs = bound(ChainedLogs, SqlChainedLogs)
    evidence_records = bound(EvidenceRecords, SqlEvidenceRecords)
    sign_heads = made(SignHeads)
    verify_log = made(VerifyLog)
    record_staff_action = made(RecordStaffAction)
    record_plugin_act = made(RecordPluginAct)
    write_evidence = made(WriteEvidence)
    request_disclosure = made(RequestDisclosure)
    approve_disclosure = made(ApproveDisclosure)
    read_disclosure = made(ReadDisclosure)
