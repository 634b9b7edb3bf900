"""The database, one aggregate per file; importing this package knows every table."""

from models.account import (
    Membership,
    PersonLink,
    PersonLinkKind,
    Role,
    ServiceToken,
    SignInAttempt,
    TokenPurpose,
    User,
    Workspace,
)
from models.asset import Asset, Draft, Policy, PolicyAsset, Revision
from models.audit import AuditCheckpoint, AuditEntry
from models.base import Base
from models.golden import GoldenDraft, GoldenRevision, GoldenSet
from models.job import Job, JobState, Notice
from models.judge import JudgeAgreement, JudgeCall
from models.quality import (
    CheckMeasurement,
    FairnessMeasurement,
    LabelEffect,
    LabelledCase,
    LabelSource,
    ScoreSet,
    WorkState,
)
from models.release import Bundle, Channel, InstanceReport, Release, ReleaseKind, SigningKey
from models.review import Comment, Decision, DecisionOutcome, ReadMark, Review, ReviewState, Waiver
from models.run import (
    Candidate,
    CandidatePin,
    CheckVerdict,
    GateSetting,
    GenerationCacheEntry,
    Run,
    RunState,
    Sample,
)
from models.voice import OffBrandBatch
from models.workbench import ImpactReport

__all__ = [
    "Asset",
    "AuditCheckpoint",
    "AuditEntry",
    "Base",
    "Bundle",
    "Candidate",
    "CandidatePin",
    "Channel",
    "CheckMeasurement",
    "CheckVerdict",
    "Comment",
    "Decision",
    "DecisionOutcome",
    "Draft",
    "FairnessMeasurement",
    "GateSetting",
    "GenerationCacheEntry",
    "GoldenDraft",
    "GoldenRevision",
    "GoldenSet",
    "ImpactReport",
    "InstanceReport",
    "Job",
    "JobState",
    "JudgeAgreement",
    "JudgeCall",
    "LabelEffect",
    "LabelSource",
    "LabelledCase",
    "Membership",
    "Notice",
    "OffBrandBatch",
    "PersonLink",
    "PersonLinkKind",
    "Policy",
    "PolicyAsset",
    "ReadMark",
    "Release",
    "ReleaseKind",
    "Review",
    "ReviewState",
    "Revision",
    "Role",
    "Run",
    "RunState",
    "Sample",
    "ScoreSet",
    "ServiceToken",
    "SignInAttempt",
    "SigningKey",
    "TokenPurpose",
    "User",
    "Waiver",
    "WorkState",
    "Workspace",
]
