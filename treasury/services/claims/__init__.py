"""Claims for hours: made and sent by a member, decided by the leader."""

from treasury.services.claims.deciding import approve_many, refuse
from treasury.services.claims.drafts import change, log, remove, submit

__all__ = ["approve_many", "change", "log", "refuse", "remove", "submit"]
