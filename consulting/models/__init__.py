"""Paid work for clients: what experts offer and when, engagements, sessions, acceptances that split the money."""

from consulting.models.availability import DayException, Window
from consulting.models.billing import Allocation, DepositAddress, Invoice, Payment, Series
from consulting.models.engagements import Acceptance, Engagement, Session, Share, Weight
from consulting.models.offering import Piece, Profile
from consulting.models.quotes import Quote, QuoteExpert

__all__ = [
    "Acceptance",
    "Allocation",
    "DayException",
    "DepositAddress",
    "Engagement",
    "Invoice",
    "Payment",
    "Piece",
    "Profile",
    "Quote",
    "QuoteExpert",
    "Series",
    "Session",
    "Share",
    "Weight",
    "Window",
]
