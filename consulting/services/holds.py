"""Holding a time for half an hour while a client proves their address and pays."""

import secrets
from datetime import datetime, timedelta
from hmac import compare_digest

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.selectors import verified_owner
from charter.selectors import timeline
from consulting.models import Booking, Profile
from consulting.models.booking import TRIES_MOST
from consulting.refusals.booking import CodeSpent, CodeWrong, HoldLapsed, HoldOpen, OwnTime, SlotTaken
from consulting.rules import billing, offering, orders
from consulting.rules import bookings as rules
from consulting.rules.bookings import Details
from consulting.rules.slots import check_minutes, hours_centi
from consulting.selectors.bookings import check_free, seller
from consulting.services import engagements, invoices, notices
from consulting.services.engagements import locked_expert
from journal import writing
from journal.clock import Clock, database_clock
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor
from treasury.services import clients

HOUSE = "system:booking"
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
CODE_DIGITS = 6


def hold(
    *,
    member: Member,
    starts_at: datetime,
    minutes: int,
    details: Details,
    by: User | None,
    clock: Clock = database_clock,
) -> Booking:
    """Keeps a free time for 30 minutes; who is signed in under the address gets the invoice at once, a guest a code.

    The member's row is the lock: free times and the week are read inside it. Raises MinutesUnknown, ZoneUnknown,
    NotByTheHour, RateOutOfBounds, OwnTime, WeekFull (income.2.2), SlotTaken, HoldOpen.
    """
    check_minutes(minutes)
    offering.zone(details.time_zone)
    with transaction.atomic():
        member = locked_expert(member)
        at = clock()
        email = details.email.strip().lower()
        release(Booking.objects.filter(Q(member=member) | Q(email=email)), at=at)
        if by is not None and by.pk == member.user_id:
            raise OwnTime
        charter = timeline()
        profile = seller(member, charter, at)
        check_free(profile, starts_at, minutes, at=at, timeline=charter)
        terms = charter.terms_on(charter.day_of(starts_at))
        orders.check_rate("hourly", profile.rate_micro, terms)
        booking = _create(profile, starts_at, minutes, details, email, rules.frozen(terms, silent=details.silent), at)
        _note(booking, "booking.hold", by or HOUSE, at, starts_at=starts_at.isoformat(), minutes=minutes)
        if by is not None and verified_owner(email) == by:
            _order(booking, at)
            assert booking.client is not None
            booking.client = clients.reach(client=booking.client, person=booking.name, by=HOUSE, at=at)
        else:
            _send_code(booking, at)
    return booking


def _create(
    profile: Profile,
    starts_at: datetime,
    minutes: int,
    details: Details,
    email: str,
    terms: dict[str, object],
    at: datetime,
) -> Booking:
    assert profile.rate_micro is not None, "a public profile has a rate: the database holds it"
    try:
        with transaction.atomic():
            return Booking.objects.create(
                reference="B-" + "".join(secrets.choice(LETTERS) for _place in range(8)),
                member=profile.member,
                name=details.name,
                organisation=details.organisation,
                email=email,
                topic=details.topic,
                may_publish=details.may_publish,
                time_zone=details.time_zone,
                language=details.language,
                during=DateTimeTZRange(starts_at, starts_at + timedelta(minutes=minutes)),
                minutes=minutes,
                rate_micro=profile.rate_micro,
                price_micro=rules.price_micro(minutes, profile.rate_micro),
                terms=terms,
                created_at=at,
                hold_until=at + rules.HOLD,
            )
    except IntegrityError as error:
        for constraint, refusal in (("booking_time_once", SlotTaken), ("booking_one_hold", HoldOpen)):
            if constraint in str(error):
                raise refusal from error
        raise


def verify(*, booking: Booking, code: str, clock: Clock = database_clock) -> Booking:
    """The mailed code proves the address: client, engagement and invoice are made, and the half hour begins anew.

    Once; a wrong code counts, and the last one that may be wrong gives the time back. Raises CodeSpent, HoldLapsed,
    CodeWrong.
    """
    with transaction.atomic():
        booking = locked(booking)
        at = clock()
        if booking.verified_at is not None or booking.code_tries >= TRIES_MOST:
            raise CodeSpent
        if rules.state(booking, at) != "held":
            raise HoldLapsed
        right = compare_digest(booking.code_digest, _digest(booking, code))
        if right:
            _order(booking, at)
        else:
            _miss(booking, at)
    # The try is kept, so it is told after the transaction.
    if not right:
        raise CodeWrong
    return booking


def resend(*, booking: Booking, clock: Clock = database_clock) -> None:
    """Another code in place of the one before; tries go on counting. Raises CodeSpent, HoldLapsed."""
    with transaction.atomic():
        booking = locked(booking)
        at = clock()
        if booking.verified_at is not None:
            raise CodeSpent
        if rules.state(booking, at) != "held":
            raise HoldLapsed
        _send_code(booking, at)


def release(rows: QuerySet[Booking], *, at: datetime) -> int:
    """Gives back the times of these holds that are over; who pays in the same moment is first or is too late."""
    lapsed = rows.filter(paid_at=None, released_at=None, hold_until__lte=at).order_by("pk")
    count = 0
    for booking in lapsed:
        # The condition is asked again when the row's lock is held.
        if Booking.objects.filter(pk=booking.pk, paid_at=None, released_at=None).update(released_at=at):
            _note(booking, "booking.lapse", HOUSE, at)
            count += 1
    return count


def release_due(*, clock: Clock = database_clock) -> int:
    """Gives back every hold that is over, each in a transaction of its own; returns how many."""
    at = clock()
    keys = Booking.objects.filter(paid_at=None, released_at=None, hold_until__lte=at).values_list("pk", flat=True)
    count = 0
    for key in list(keys):
        with transaction.atomic():
            count += release(Booking.objects.filter(pk=key), at=at)
    return count


def locked(booking: Booking) -> Booking:
    """The booking as it is now, its expert's row locked to the end of the transaction: the lock of all their times."""
    locked_expert(booking.member)
    rows = Booking.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("member__user", "client", "engagement", "invoice", "session").get(pk=booking.pk)


def _order(booking: Booking, at: datetime) -> None:
    """Who pays, for what, on which invoice; the time is held from now for another half hour."""
    client = clients.client_at(name=booking.organisation or booking.name, email=booking.email, by=HOUSE, at=at)
    with translation.override(booking.language):
        zone = offering.zone(booking.time_zone)
        begins, ends = (moment.astimezone(zone) for moment in (rules.begins_at(booking), rules.ends_at(booking)))
        words = {
            "expert": booking.member.name,
            "begins": writing.moment(begins, now=begins, shape="year"),
            "ends": f"{ends:%H:%M}",
        }
        title = _("Session with %(expert)s") % words
        line = billing.hourly_line(
            _("Session with %(expert)s, %(begins)s to %(ends)s") % words,
            hours_centi(booking.minutes),
            booking.rate_micro,
        )
    booking.client = client
    booking.engagement = engagements.open_engagement(
        reference=f"E-{booking.reference.removeprefix('B-')}",
        client=client,
        title=title,
        pricing="hourly",
        opened_on=timeline().day_of(at),
        terms=booking.terms,
        by=HOUSE,
        at=at,
    )
    booking.hold_until = at + rules.HOLD
    booking.invoice = invoices.issue(
        engagement=booking.engagement,
        lines=[line],
        due_at=booking.hold_until,
        language=booking.language,
        by=HOUSE,
        at=at,
    )
    booking.verified_at, booking.code_digest = at, ""
    booking.save(update_fields=["client", "engagement", "invoice", "hold_until", "verified_at", "code_digest"])
    _note(booking, "booking.order", HOUSE, at, engagement=booking.engagement.reference, invoice=booking.invoice.number)


def _send_code(booking: Booking, at: datetime) -> None:
    code = "".join(secrets.choice("0123456789") for _place in range(CODE_DIGITS))
    booking.code_digest = _digest(booking, code)
    booking.save(update_fields=["code_digest"])
    notices.code(booking=booking, code=code, at=at)


def _miss(booking: Booking, at: datetime) -> None:
    booking.code_tries += 1
    if booking.code_tries >= TRIES_MOST:
        booking.released_at = at
        _note(booking, "booking.lapse", HOUSE, at)
    booking.save(update_fields=["code_tries", "released_at"])


def _digest(booking: Booking, code: str) -> str:
    """What is stored of a code: six digits are guessed from a bare digest, not from one under the house's key."""
    typed = "".join(code.split())
    return salted_hmac("consulting.booking.code", f"{booking.reference}/{typed}", algorithm="sha256").hexdigest()


def _note(booking: Booking, verb: str, by: By, at: datetime, **data: object) -> None:
    entries.append(actor=actor(by), verb=verb, subject=subject(booking), data={**facts(booking), **data}, at=at)


def subject(booking: Booking) -> str:
    """How the journal names a booking."""
    return f"booking/{booking.reference}"


def facts(booking: Booking) -> dict[str, object]:
    """What every entry about a booking says: nobody's name, address or words."""
    return {"member": booking.member.handle, "minutes": booking.minutes, "price_micro": booking.price_micro}
