"""The shapes of proposals in the API."""

from proposals.serializers.ballots import (
    PLACE,
    BallotSerializer,
    CastSerializer,
    ballot_value,
)
from proposals.serializers.decisions import (
    AbsentSerializer,
    DifferenceSerializer,
    ExecutionSerializer,
    MotionSerializer,
    ObjectionSerializer,
    PendingSerializer,
    ProposalRowSerializer,
    ProposalSerializer,
    RefusalSerializer,
    RoundSerializer,
    SeatSerializer,
    TallySerializer,
)
from proposals.serializers.elections import CandidacySerializer, StandSerializer
from proposals.serializers.proof import (
    AddEvidenceSerializer,
    BallotSignatureSerializer,
    DossierSerializer,
    EvidenceSerializer,
    ReceiptsSerializer,
    SignableSerializer,
    SignSerializer,
)
from proposals.serializers.sending import (
    AskSerializer,
    DraftSerializer,
    NextRoundSerializer,
    OpenSerializer,
    RecuseSerializer,
)

__all__ = [
    "PLACE",
    "AbsentSerializer",
    "AddEvidenceSerializer",
    "AskSerializer",
    "BallotSerializer",
    "BallotSignatureSerializer",
    "CandidacySerializer",
    "CastSerializer",
    "DifferenceSerializer",
    "DossierSerializer",
    "DraftSerializer",
    "EvidenceSerializer",
    "ExecutionSerializer",
    "MotionSerializer",
    "NextRoundSerializer",
    "ObjectionSerializer",
    "OpenSerializer",
    "PendingSerializer",
    "ProposalRowSerializer",
    "ProposalSerializer",
    "ReceiptsSerializer",
    "RecuseSerializer",
    "RefusalSerializer",
    "RoundSerializer",
    "SeatSerializer",
    "SignSerializer",
    "SignableSerializer",
    "StandSerializer",
    "TallySerializer",
    "ballot_value",
]
