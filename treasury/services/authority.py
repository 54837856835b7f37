"""Who may do the treasurer's acts."""

from datetime import date

from accounts.models import User
from members.selectors import people
from treasury.refusals import TreasurerOnly


def treasurer(by: User | str, day: date) -> str:
    """The actor's text, if `by` keeps the treasury on that day or is the house itself (a text); else TreasurerOnly."""
    if isinstance(by, User) and "treasurer" not in people.roles_on(by, day):
        raise TreasurerOnly
    return people.actor(by)
