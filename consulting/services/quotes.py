"""Quotes: asked for, written, accepted into an engagement with milestones, weights and invoices."""

import secrets
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from accounts.refusals import NoAddress, SignatureForeign
from accounts.rules.addresses import well_formed
from accounts.rules.signatures import signer
from accounts.selectors import verified_owner
from accounts.services import people
from charter.selectors import timeline
from consulting.models import Engagement, Milestone, Profile, Quote, QuoteExpert
from consulting.refusals.billing import LanguageNotSpoken
from consulting.refusals.quotes import (
    NameMissing,
    NeedMissing,
    NoExperts,
    NoQuotes,
    QuoteAnswered,
    QuoteExpired,
    QuoteNotSent,
    QuoteOfAnother,
    QuoteSent,
    QuoteUnproved,
)
from consulting.rules import bookings, quoting
from consulting.rules.billing import Line
from consulting.rules.quoting import Offer, Part, Signed
from consulting.selectors.offering import public_one
from consulting.selectors.quotes import weights_of
from consulting.services import engagements, invoices, quote_mails, retainers
from consulting.services.numbers import next_number
from journal.clock import Clock, database_clock
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, is_active
from treasury.models import Client
from treasury.services import clients

HOUSE = "system:quotes"
NEED_LONGEST = 4000
DUE = timedelta(days=14)
FORMS = frozenset((Profile.Form.QUOTE, Profile.Form.RETAINER))


def ask(
    *,
    member: Member,
    name: str,
    email: str,
    need: str,
    language: str,
    by: User | None,
    at: datetime,
    organisation: str = "",
) -> Quote:
    """Asks an expert for an offer. Whoever is signed in under the address is known; a guest is mailed a link first.

    NoQuotes, NameMissing, NeedMissing, LanguageNotSpoken, NoAddress.
    """
    name, need, email = name.strip(), need.strip(), _address(email)
    if not 0 < len(name) <= 120:
        raise NameMissing(field="name")
    if not 0 < len(need) <= NEED_LONGEST:
        raise NeedMissing
    if language not in dict(settings.LANGUAGES):
        raise LanguageNotSpoken
    with transaction.atomic():
        day = timeline().day_of(at)
        profile = public_one(member.handle, day)
        if profile is None or not FORMS & set(profile.forms):
            raise NoQuotes
        known = by if by is not None and verified_owner(email) == by else None
        quote = Quote.objects.create(
            number=f"Q-{day.year}-{next_number(f'Q-{day.year}'):04d}",
            token=secrets.token_hex(32),
            member=member,
            email=email,
            name=name,
            organisation=organisation.strip()[:120],
            need=need,
            language=language,
            asked_by=known,
            verified_at=at if known else None,
            asked_at=at,
        )
        _note(quote, "quote.ask", actor(known) if known else HOUSE, at)
        if known:
            quote_mails.asked(quote=quote, at=at)
        else:
            quote_mails.prove(quote=quote, at=at)
    return quote


def prove(*, quote: Quote, at: datetime) -> Quote:
    """The mailed link was used: the address is proved, its user attached, and the expert hears of the request. Once."""
    with transaction.atomic():
        quote = held(quote)
        if quote.verified_at is not None:
            return quote
        user = people.user_for_email(quote.email, name=quote.name, at=at)
        people.prove_address(user=user)
        quote.asked_by, quote.verified_at = user, at
        quote.save(update_fields=["asked_by", "verified_at"])
        _note(quote, "quote.prove", HOUSE, at)
        quote_mails.asked(quote=quote, at=at)
    return quote


def send(*, quote: Quote, offer: Offer, by: By, at: datetime) -> Quote:
    """Writes the offer and sends it; from then on it stays. The charter's terms of the day are frozen with it.

    QuoteOfAnother, QuoteUnproved, QuoteSent, QuoteAnswered, and what `quoting.check` refuses.
    """
    with transaction.atomic():
        quote = held(quote)
        require_author(quote, by)
        _require_open(quote)
        if quote.sent_at is not None:
            raise QuoteSent
        quoting.check(offer, quote.member.handle)
        charter = timeline()
        day = charter.day_of(at)
        quote.experts.all().delete()
        QuoteExpert.objects.bulk_create(_experts(quote, offer, day))
        quote.title, quote.scope, quote.milestones = offer.title, offer.scope, quoting.frozen(offer.parts)
        quote.weekly_centi, quote.first_monday, quote.weeks = offer.weekly_centi, offer.first_monday, offer.weeks
        quote.terms = bookings.frozen(charter.terms_on(day), silent=True)
        quote.sent_at, quote.valid_until = at, at + timedelta(days=offer.valid_days)
        quote.save()
        data = {"price_micro": offer.price_micro, "digest": quoting.digest_of(quote, weights_of(quote))}
        _note(quote, "quote.send", actor(by), at, **data)
        quote_mails.sent(quote=quote, at=at)
    return quote


def accept(
    *, quote: Quote, name: str, silent: bool, signed: Signed | None = None, clock: Clock = database_clock
) -> Engagement:
    """The client accepts by name, perhaps with a wallet's signature: an engagement with milestones and weights, an
    invoice for each milestone, and the hours that the first expert keeps free.

    `silent`: they agree that their silence accepts after the charter's days. NameMissing, QuoteUnproved, QuoteNotSent,
    QuoteAnswered, QuoteExpired, SignatureUnreadable, SignatureForeign, and WeekFull where the hours are gone.
    """
    name = name.strip()
    if not 0 < len(name) <= 120:
        raise NameMissing
    with transaction.atomic():
        # Whoever sells hours holds the person before anything else.
        engagements.locked_expert(quote.member)
        quote = held(quote)
        at = clock()
        _require_answerable(quote, at)
        weights = weights_of(quote)
        if signed is not None:
            check_signature(quoting.message_of(quote, weights), signed)
        engagement = _order(quote, silent, at)
        _bill(quote, engagement, at)
        _answer(quote, engagement, name, signed, at)
        _note(
            quote,
            "quote.accept",
            actor(quote.asked_by) if quote.asked_by else HOUSE,
            at,
            engagement=engagement.reference,
            digest=quoting.digest_of(quote, weights),
            signed=signed is not None,
            silent=silent,
        )
        quote_mails.accepted(quote=quote, at=at)
    return engagement


def decline(*, quote: Quote, by: User | None, at: datetime) -> Quote:
    """The client does not want it, or the expert does not: whoever has the mailed address, or the expert.

    QuoteAnswered.
    """
    with transaction.atomic():
        quote = held(quote)
        if quote.accepted_at is not None or quote.declined_at is not None:
            raise QuoteAnswered
        quote.declined_at = at
        quote.save(update_fields=["declined_at"])
        _note(quote, "quote.decline", actor(by) if by else HOUSE, at)
        quote_mails.declined(quote=quote, by_expert=by is not None and by == quote.member.user, at=at)
    return quote


def held(quote: Quote) -> Quote:
    """The quote as it is now, locked to the end of the transaction."""
    rows = Quote.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("member__user", "asked_by", "client").get(pk=quote.pk)


def check_signature(message: str, signed: Signed) -> None:
    """SignatureUnreadable or SignatureForeign unless that address signed the message."""
    if not well_formed(signed.address) or signer(message, signed.signature) != signed.address.lower():
        raise SignatureForeign


def require_author(quote: Quote, by: By) -> None:
    """QuoteOfAnother unless `by` is the expert who was asked, or a text."""
    user = by.user if isinstance(by, Member) else by
    if not isinstance(by, str) and (user is None or quote.member.user != user):
        raise QuoteOfAnother


def _address(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise NoAddress from wrong
    return email


def _require_open(quote: Quote) -> None:
    if quote.verified_at is None:
        raise QuoteUnproved
    if quote.accepted_at is not None or quote.declined_at is not None:
        raise QuoteAnswered


def _require_answerable(quote: Quote, at: datetime) -> None:
    _require_open(quote)
    if quote.sent_at is None or quote.valid_until is None:
        raise QuoteNotSent
    if at >= quote.valid_until:
        raise QuoteExpired


def _experts(quote: Quote, offer: Offer, day: Any) -> list[QuoteExpert]:
    found = {member.handle: member for member in Member.objects.filter(handle__in=offer.weights)}
    if set(found) != set(offer.weights) or not all(is_active(member, day) for member in found.values()):
        raise NoExperts
    return [QuoteExpert(quote=quote, member=found[handle], weight=weight) for handle, weight in offer.weights.items()]


def _client(quote: Quote, at: datetime) -> Client:
    """Who pays: the organisation, else the person, under the proved address."""
    client = clients.client_at(name=quote.organisation or quote.name, email=quote.email, by=HOUSE, at=at)
    return clients.reach(client=client, person=quote.name, by=HOUSE, at=at)


def _order(quote: Quote, silent: bool, at: datetime) -> Engagement:
    """The engagement under the quote's number, its milestones, weights and the hours kept free."""
    day = timeline().day_of(at)
    assert quote.terms is not None, "a sent quote has terms: the database holds it"
    terms = quote.terms if silent else quote.terms | {"silent_accept_days": None}
    engagement = engagements.open_engagement(
        reference=quote.number,
        client=_client(quote, at),
        title=quote.title,
        pricing=Engagement.Pricing.FIXED,
        price_micro=quoting.price_micro(quote),
        opened_on=day,
        terms=terms,
        by=HOUSE,
        at=at,
    )
    Milestone.objects.bulk_create(
        Milestone(
            engagement=engagement,
            reference=f"M{number}",
            title=part.title,
            criteria=part.criteria,
            price_micro=part.price_micro,
            due_on=part.due_on,
        )
        for number, part in enumerate(quoting.thawed(quote.milestones), 1)
    )
    weights = {row.member: row.weight for row in quote.experts.select_related("member")}
    engagements.set_weights(engagement=engagement, weights=weights, by=HOUSE, at=at)
    if quote.weekly_centi and quote.first_monday and quote.weeks:
        retainers.reserve(
            engagement=engagement,
            member=quote.member,
            weekly_centi=quote.weekly_centi,
            first_monday=quote.first_monday,
            weeks=quote.weeks,
            by=HOUSE,
            at=at,
        )
    return engagement


def _bill(quote: Quote, engagement: Engagement, at: datetime) -> None:
    """An invoice for each milestone: due in two weeks, or on the milestone's day if that is later."""
    charter = timeline()
    zone = charter.terms_on(charter.day_of(at)).time_zone
    for number, part in enumerate(quoting.thawed(quote.milestones), 1):
        invoices.issue(
            engagement=engagement,
            lines=[Line(part.title, part.price_micro)],
            due_at=_due(part, at, zone),
            language=quote.language,
            purpose=f"{quote.title}, M{number}",
            by=HOUSE,
            at=at,
        )


def _due(part: Part, at: datetime, zone: Any) -> datetime:
    day = datetime.combine(part.due_on, time(), zone) if part.due_on else at
    return max(at + DUE, day)


def _answer(quote: Quote, engagement: Engagement, name: str, signed: Signed | None, at: datetime) -> None:
    quote.client, quote.engagement = engagement.client, engagement
    quote.accepted_at, quote.accepted_by = at, name
    if signed is not None:
        quote.signer, quote.signature = signed.address.lower(), signed.signature.strip()
    quote.save()


def _note(quote: Quote, verb: str, by: str, at: datetime, **data: Any) -> None:
    entries.append(
        actor=by, verb=verb, subject=f"quote/{quote.number}", data={"member": quote.member.handle, **data}, at=at
    )
