"""Proposals, rounds, electorates, ballots, outcomes. The Proposal row is the lock; what is decided is append-only."""

from proposals.models.ballots import DIGEST, EVIDENCE_MOST, Ballot, BallotSignature, Evidence, Reason
from proposals.models.comments import Comment, CommentWords, Retraction
from proposals.models.declarations import Declaration, DeclarationWords
from proposals.models.motions import Answer, Motion, MotionWords
from proposals.models.outcomes import Execution, Outcome
from proposals.models.proposals import HEX_DIGITS, NONCE_DIGITS, SETTINGS_MOST, TITLES, Proposal, ProposalWords
from proposals.models.rounds import Round, Seat, Wording

__all__ = [
    "DIGEST",
    "EVIDENCE_MOST",
    "HEX_DIGITS",
    "NONCE_DIGITS",
    "SETTINGS_MOST",
    "TITLES",
    "Answer",
    "Ballot",
    "BallotSignature",
    "Comment",
    "CommentWords",
    "Declaration",
    "DeclarationWords",
    "Evidence",
    "Execution",
    "Motion",
    "MotionWords",
    "Outcome",
    "Proposal",
    "ProposalWords",
    "Reason",
    "Retraction",
    "Round",
    "Seat",
    "Wording",
]
