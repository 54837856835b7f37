"""Mails that a change of a proposal promises, in its transaction; the worker delivers them."""

from collections.abc import Iterable
from datetime import datetime, tzinfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.services import mail
from charter.rules import thresholds
from journal import writing
from members.models import Member
from proposals.models import Proposal, Round

# The address of `proposals:detail`; a service does not load every page's module to know its own (a test compares).
PAGE = "/proposals/%d/"


def round_opened(*, proposal: Proposal, held: Round, electors: Iterable[Member], zone: tzinfo, at: datetime) -> None:
    """One mail to each elector with an address: what is decided, until when, and that silence never passes."""
    for member in electors:
        address = member.email or (member.user.email if member.user else "")
        if not address:
            continue
        with translation.override((member.user.language if member.user else "") or settings.LANGUAGE_CODE):
            words = {
                "title": proposal.title,
                "round": held.number,
                "deadline": writing.moment(held.deadline_at.astimezone(zone), now=at, shape="year"),
                "url": settings.BASE_URL + PAGE % proposal.number,
            }
            everybody = _(
                "%(title)s\n\nRound %(round)s is open until %(deadline)s. Every member must vote, and every "
                "vote must be in favour: a missing vote never counts as yes.\n\n%(url)s\n"
            )
            counted = _(
                "%(title)s\n\nRound %(round)s is open until %(deadline)s. You can vote in favour, against, or "
                "abstain: a missing vote never counts as yes.\n\n%(url)s\n"
            )
            elected = _(
                "%(title)s\n\nRound %(round)s is open until %(deadline)s. Vote for one of the candidates, or abstain: "
                "without votes nobody is elected.\n\n%(url)s\n"
            )
            text = everybody if thresholds.parse(held.rule).unanimous else counted
            if held.candidates:
                text = elected
            mail.put(
                to=address,
                subject=_("Your vote: %(title)s, round %(round)s") % words,
                text=text % words,
                sender=settings.DEFAULT_FROM_EMAIL,
                key=f"proposal/{proposal.number}/round/{held.number}/opened/{member.handle}",
                at=at,
            )
