"""Paid work for clients: what experts offer and when, engagements, sessions, acceptances that split the money."""

from consulting.models.availability import DayException, Window
from consulting.models.engagements import Acceptance, Engagement, Session, Share, Weight
from consulting.models.offering import Piece, Profile

__all__ = [
    "Acceptance",
    "DayException",
    "Engagement",
    "Piece",
    "Profile",
    "Session",
    "Share",
    "Weight",
    "Window",
]
