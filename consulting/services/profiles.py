"""An expert's profile: saving, publishing, withdrawing, and the work they wrote up."""

from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from charter.selectors import timeline
from consulting.models import Piece, Profile
from consulting.refusals import LinkListed, OwnOfferOnly, ProfileMissing, TooManyRows
from consulting.rules import offering
from consulting.rules.offering import Draft
from consulting.services.engagements import locked_expert
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, is_active

PIECES_MOST = 20


def save(*, member: Member, draft: Draft, by: By, at: datetime) -> Profile:
    """Keeps what the expert filled in; a public profile stays complete.

    Raises OwnOfferOnly and the first of `offering.problems`, for a public profile also of `offering.missing`.
    """
    with transaction.atomic():
        member = locked_owner(member, by, at)
        charter = timeline()
        profile = Profile.objects.filter(member=member).first()
        public = profile is not None and profile.published_at is not None
        for refusal in offering.problems(draft, charter.terms_on(charter.day_of(at))):
            raise refusal
        for refusal in offering.missing(draft) if public else ():
            raise refusal
        values = asdict(draft)
        values |= {name: list(values[name]) for name in ("fields", "skills", "languages", "forms")}
        profile, _created = Profile.objects.update_or_create(member=member, defaults=values)
        # What is promised to clients; words about oneself stay erasable and out of the journal.
        kept = ("domain", "languages", "forms", "rate_micro", "time_zone", "notice_hours", "horizon_days")
        _note(profile, "profile.save", {name: values[name] for name in kept}, by, at)
    return profile


def publish(*, member: Member, by: By, at: datetime) -> Profile:
    """Shows the profile in the directory; again changes nothing. Raises OwnOfferOnly, ProfileMissing and what lacks."""
    with transaction.atomic():
        profile = owned(member, by, at)
        for refusal in offering.missing(profile):
            raise refusal
        if profile.published_at is None:
            profile.published_at = at
            profile.save(update_fields=["published_at"])
            _note(profile, "profile.publish", {}, by, at)
    return profile


def withdraw(*, member: Member, by: By, at: datetime) -> Profile:
    """Takes the profile out of the directory; everything filled in stays. Raises OwnOfferOnly, ProfileMissing."""
    with transaction.atomic():
        profile = owned(member, by, at)
        if profile.published_at is not None:
            profile.published_at = None
            profile.save(update_fields=["published_at"])
            _note(profile, "profile.withdraw", {}, by, at)
    return profile


def add_piece(*, member: Member, title: str, url: str, written_on: date, by: By, at: datetime) -> Piece:
    """Lists work that the expert wrote up. Raises OwnOfferOnly, ProfileMissing, LinkUnreadable, LinkListed."""
    offering.check_link(url)
    with transaction.atomic():
        profile = owned(member, by, at)
        if profile.pieces.count() >= PIECES_MOST:
            raise TooManyRows
        piece, created = Piece.objects.get_or_create(
            profile=profile, url=url, defaults={"title": title, "written_on": written_on}
        )
        if not created:
            raise LinkListed
        _note(profile, "profile.list", {"url": url}, by, at)
    return piece


def remove_piece(*, member: Member, pk: int, by: By, at: datetime) -> None:
    """Takes work off the list; one that is not there is gone already. Raises OwnOfferOnly, ProfileMissing."""
    with transaction.atomic():
        profile = owned(member, by, at)
        for piece in profile.pieces.filter(pk=pk):
            _note(profile, "profile.unlist", {"url": piece.url}, by, at)
            piece.delete()


def locked_owner(member: Member, by: By, at: datetime) -> Member:
    """The member, locked; OwnOfferOnly unless they act for themselves (or an import does) and are a member."""
    member = locked_expert(member)
    himself = isinstance(by, str) or by == member or (member.user_id is not None and by == member.user)
    if not himself or not is_active(member, timeline().day_of(at)):
        raise OwnOfferOnly
    return member


def owned(member: Member, by: By, at: datetime) -> Profile:
    """The member's profile, with their row locked; OwnOfferOnly, ProfileMissing."""
    profile = Profile.objects.filter(member=locked_owner(member, by, at)).select_related("member").first()
    if profile is None:
        raise ProfileMissing
    return profile


def _note(profile: Profile, verb: str, data: dict[str, object], by: By, at: datetime) -> None:
    entries.append(actor=actor(by), verb=verb, subject=f"profile/{profile.member.handle}", data=data, at=at)
