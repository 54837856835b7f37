"""What is typed on the pages of proposals; what it needs is judged by the rules, in one place."""

from proposals.forms.drafting import (
    AmendmentForm,
    BudgetForm,
    DisputeForm,
    DraftForm,
    ElectionForm,
    ObjectionForm,
    RemovalForm,
    ResolutionForm,
)
from proposals.forms.judged import JudgedForm
from proposals.forms.motions import MotionForm
from proposals.forms.voting import BallotForm, CandidacyForm, CommentForm, EvidenceForm, NextRoundForm, RecusalForm

__all__ = [
    "AmendmentForm",
    "BallotForm",
    "BudgetForm",
    "CandidacyForm",
    "CommentForm",
    "DisputeForm",
    "DraftForm",
    "ElectionForm",
    "EvidenceForm",
    "JudgedForm",
    "MotionForm",
    "NextRoundForm",
    "ObjectionForm",
    "RecusalForm",
    "RemovalForm",
    "ResolutionForm",
]
