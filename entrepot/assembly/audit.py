"""Evidence: the staff audit, the evidence pack, and disclosures."""

from adapters.evidence.audit import SqlAuditLog
from adapters.privacy.evidence import WriteEvidence
from core.application.disclosing import ApproveDisclosure, AskDisclosure, ReadDisclosure
from core.application.trail import RecordAct
from entrepot.assembly.privacy import PrivacyParts
from entrepot.assembly.wiring import made, wired


@wired
class AuditParts(PrivacyParts):
    audit_log = made(SqlAuditLog)
    record_act = made(RecordAct)
    write_evidence = made(WriteEvidence)
    ask_disclosure = made(AskDisclosure)
    approve_disclosure = made(ApproveDisclosure)
    read_disclosure = made(ReadDisclosure, write_bundle=PrivacyParts.write_bundle)
