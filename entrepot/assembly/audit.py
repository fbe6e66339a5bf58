"""Evidence: the staff audit, the evidence pack, and disclosures."""

from adapters.evidence.audit import SqlAuditLog
from adapters.evidence.chains import SqlHashChains
from adapters.privacy.evidence import WriteEvidence as SqlWriteEvidence
from core.application.disclosing import ApproveDisclosure, AskDisclosure, ReadDisclosure
from core.application.trail import RecordAct
from entrepot.assembly.privacy import PrivacyParts
from entrepot.assembly.wiring import bound, made, wired
from ports.audit import HashChains
from ports.evidence import WriteEvidence


@wired
class AuditParts(PrivacyParts):
    audit_log = made(SqlAuditLog)
    hash_chains = bound(HashChains, SqlHashChains)
    record_act = made(RecordAct)
    write_evidence = bound(WriteEvidence, SqlWriteEvidence)
    ask_disclosure = made(AskDisclosure)
    approve_disclosure = made(ApproveDisclosure)
    read_disclosure = made(ReadDisclosure, write_bundle=PrivacyParts.write_bundle)
