"""Paid work for clients: what experts offer and when, engagements, sessions, acceptances that split the money."""

from consulting.models.articles import Article, Review
from consulting.models.availability import DayException, Window
from consulting.models.billing import Allocation, DepositAddress, Invoice, Payment, Series
from consulting.models.booking import Booking, Retainer
from consulting.models.chain import ChainCursor, PayerProof
from consulting.models.delivery import AgendaItem, Deliverable, Message, Timer, Upload
from consulting.models.engagements import Acceptance, Engagement, Session, Share, Weight
from consulting.models.escrow import (
    Dispute,
    DisputeOffer,
    Milestone,
    Payback,
    Refund,
    RefundPart,
    SilenceReminder,
)
from consulting.models.feeds import BusyFeed, BusySpan, CalendarKey
from consulting.models.offering import Piece, Profile
from consulting.models.quotes import Quote, QuoteExpert

__all__ = [
    "Acceptance",
    "AgendaItem",
    "Allocation",
    "Article",
    "Booking",
    "BusyFeed",
    "BusySpan",
    "CalendarKey",
    "ChainCursor",
    "DayException",
    "Deliverable",
    "DepositAddress",
    "Dispute",
    "DisputeOffer",
    "Engagement",
    "Invoice",
    "Message",
    "Milestone",
    "Payback",
    "PayerProof",
    "Payment",
    "Piece",
    "Profile",
    "Quote",
    "QuoteExpert",
    "Refund",
    "RefundPart",
    "Retainer",
    "Review",
    "Series",
    "Session",
    "Share",
    "SilenceReminder",
    "Timer",
    "Upload",
    "Weight",
    "Window",
]
