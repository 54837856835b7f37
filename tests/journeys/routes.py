"""Every address of the application, from the resolver, with arguments that the demo's records answer to."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.contrib import admin
from django.db.models import F, OuterRef, Subquery, Sum
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import wallets
from consulting.models import (
    Allocation,
    Article,
    Booking,
    Dispute,
    Engagement,
    Invoice,
    Milestone,
    Payment,
    Profile,
    Quote,
    Review,
)
from consulting.selectors import bookings
from consulting.services import payers
from expertgroup.demo.cast import LEADERS
from members.forms import STEPS
from members.models import Application, Member
from proposals.models import Ballot, Proposal
from proposals.rules.kinds import ACTS
from treasury.models import Claim, PayoutRun

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A route's name and one address of it."""

    route: str
    path: str


def _months() -> list[Arguments]:
    """The newest month that was run, and the one that stands ready."""
    last = PayoutRun.objects.order_by("month").values_list("month", flat=True).last()
    assert last is not None
    return [{"month": last}, {"month": following(last)}]


def following(month: str) -> str:
    """The month after `2026-10`."""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _proposals(**more: Any) -> list[Arguments]:
    """The newest admission, in its second round, and the one before, which passed."""
    rows = Proposal.objects.filter(kind=Proposal.Kind.ADMISSION).order_by("-number")[:2]
    return [{"number": row.number, **more} for row in rows]


def _decisions() -> list[Arguments]:
    """Those, and everything else that is decided now: hidden, held, announced, an election, one that waits."""
    passed = Proposal.objects.filter(execution__isnull=False)
    rows = Proposal.objects.exclude(pk__in=passed).order_by("-number")
    return [{"number": row.number} for row in [*rows, *passed.order_by("-number")[:1]]]


def _own_ballots() -> list[Arguments]:
    """The leader's newest ballot."""
    rows = Ballot.objects.filter(seat__member__handle=LEADERS[-1]).select_related("proposal").order_by("-pk")[:1]
    return [{"number": row.proposal.number, "ballot": row.number} for row in rows]


def _applications() -> list[Arguments]:
    """One that waits for its interview, one under vote, one that was admitted."""
    return [{"pk": row.pk} for row in Application.objects.order_by("-submitted_at")[:3]]


def _claims() -> list[Arguments]:
    """One of each state, and the leader's draft."""
    states = Claim.Status.values
    rows = [Claim.objects.filter(status=state).order_by("-pk").first() for state in states]
    return [{"reference": row.reference} for row in rows if row]


def _experts() -> list[Arguments]:
    """One who is open for clients, one who shows no offer."""
    shown = Profile.objects.exclude(published_at=None).order_by("pk")[:1]
    other = Member.objects.exclude(pk__in=Profile.objects.values("member")).order_by("pk")[:1]
    return [{"handle": row.member.handle} for row in shown] + [{"handle": row.handle} for row in other]


def _articles() -> list[Arguments]:
    """A public article and one that is not."""
    rows = [Article.objects.exclude(published_at=None).first(), Article.objects.filter(published_at=None).first()]
    return [{"slug": row.slug} for row in rows if row is not None]


def _reviewed() -> list[Arguments]:
    """An engagement whose client said something."""
    return [{"reference": row.engagement.reference} for row in Review.objects.select_related("engagement")[:1]]


def _bookings() -> list[Arguments]:
    """One that is confirmed, one that waits for its expert, one that nobody paid."""
    open_still = Booking.objects.filter(paid_at__isnull=False, released_at=None)
    kinds = (
        open_still.filter(confirmed_at__isnull=False, session=None),
        open_still.filter(confirmed_at=None),
        Booking.objects.filter(paid_at=None),
    )
    return [{"token": bookings.token_of(row)} for rows in kinds for row in rows.order_by("pk")[:1]]


def _movable() -> list[Arguments]:
    rows = Booking.objects.filter(paid_at__isnull=False, released_at=None).order_by("-during")[:1]
    return [{"token": bookings.token_of(row)} for row in rows]


def _rooms() -> list[Arguments]:
    """A room with hours kept free, one with milestones, one in dispute, a finished one."""
    kinds = (
        Engagement.objects.filter(pricing="hourly", retainers__isnull=False),
        Engagement.objects.filter(pk__in=Milestone.objects.values("engagement")),
        Engagement.objects.filter(pk__in=Dispute.objects.filter(closed_at=None).values("engagement")),
        Engagement.objects.exclude(accepted_on=None),
    )
    return [{"reference": row.reference} for rows in kinds for row in rows.order_by("pk")[:1]]


def _confirmation() -> list[Arguments]:
    user, _made = User.objects.get_or_create(email="fresh@demo.example")
    address, _made = EmailAddress.objects.get_or_create(user=user, email=user.email)
    return [{"key": EmailConfirmationHMAC(address).key}, {"key": "old"}]


def _reset() -> list[Arguments]:
    user = User.objects.order_by("pk")[0]
    uid = user_pk_to_url_str(user)
    return [{"uidb36": uid, "key": default_token_generator.make_token(user)}, {"uidb36": uid, "key": "old"}]


def _challenge() -> list[Arguments]:
    """A message that the leader is asked to sign."""
    user = User.objects.get(email=f"{LEADERS[-1]}@demo.example")
    made = wallets.challenge(address="0x" + "ab" * 20, purpose=wallets.own(user), user=user, at=timezone.now())
    return [{"nonce": made.nonce}]


def _open_invoices() -> list[Arguments]:
    """The newest invoice that still asks for money."""
    rows = Invoice.objects.filter(voided_at=None, allocations=None).order_by("-number")[:1]
    return [{"token": row.token} for row in rows]


def _payer_challenge() -> list[Arguments]:
    """A message that its payer is asked to sign."""
    rows = Invoice.objects.filter(voided_at=None, allocations=None).order_by("-number")[:1]
    asked = [(row, payers.challenge(invoice=row, address="0x" + "ab" * 20, at=timezone.now())) for row in rows]
    return [{"token": row.token, "nonce": made.nonce} for row, made in asked]


def _invoices() -> list[Arguments]:
    """One that still asks for money, one that is paid in part, one that is paid with too much, the oldest."""
    paid = Allocation.objects.filter(invoice=OuterRef("pk")).order_by().values("invoice")
    rows = Invoice.objects.annotate(paid=Subquery(paid.annotate(sum=Sum("amount_micro")).values("sum")))
    beyond = Payment.objects.filter(invoice_hint__isnull=False, amount_micro__gt=F("invoice_hint__total_micro"))
    kinds = (
        rows.filter(paid__gt=0, paid__lt=F("total_micro")),
        rows.filter(pk__in=beyond.values("invoice_hint")),
        rows.filter(paid=F("total_micro")),
    )
    return _open_invoices() + [{"token": row.token} for found in kinds for row in found.order_by("number")[:1]]


def _quotes() -> list[Arguments]:
    """One of each state: asked, sent, accepted."""
    kinds = (
        Quote.objects.filter(sent_at=None),
        Quote.objects.filter(sent_at__isnull=False, accepted_at=None),
        Quote.objects.filter(accepted_at__isnull=False),
    )
    return [{"token": row.token} for rows in kinds for row in rows.order_by("pk")[:1]]


def _payments() -> list[Arguments]:
    """One that waits, if there is one, and one that is credited."""
    waits = Payment.objects.exclude(queued_reason="").filter(resolved_at=None).order_by("pk")[:1]
    credited = Payment.objects.filter(credited_at__isnull=False).order_by("pk")[:1]
    return [{"pk": row.pk} for row in (*waits, *credited)]


# What stands in for the arguments of a route; a route with arguments that is missing here fails the test.
EXAMPLES: dict[str, Callable[[], list[Arguments]]] = {
    "account_confirm_email": _confirmation,
    "account_reset_password_from_key": _reset,
    "accounts:prove-wallet": _challenge,
    "consulting:book": lambda: _experts()[:1],
    "consulting:booking": _bookings,
    "consulting:booking-move": _movable,
    "consulting:dispute": lambda: _rooms()[2:3],
    "consulting:expert": _experts,
    "consulting:engagement": _rooms,
    "consulting:article": _articles,
    "consulting:article-edit": _articles,
    "consulting:ask-quote": lambda: [
        {"handle": row.member.handle}
        for row in Profile.objects.filter(forms__contains=["quote"]).exclude(published_at=None)[:1]
    ],
    "consulting:invoice": _invoices,
    "consulting:invoice-confirm": _open_invoices,
    "consulting:issue-invoice": lambda: _rooms()[:1],
    "consulting:quote": _quotes,
    "consulting:write-quote": lambda: [{"number": row.number} for row in Quote.objects.order_by("-pk")[:3]],
    "consulting:invoice-prove": _payer_challenge,
    "consulting:invoice-wallet": _open_invoices,
    "consulting:payment": _payments,
    "consulting:review": _reviewed,
    "members:apply-step": lambda: [{"key": key} for key in STEPS],
    "members:application": _applications,
    "members:interview": lambda: _applications()[1:2],
    "proposals:draft": lambda: [{"kind": kind} for kind in ACTS],
    "proposals:detail": _decisions,
    "proposals:verdict": _proposals,
    "proposals:ballots": _proposals,
    "proposals:evidence": _proposals,
    "proposals:comments": _proposals,
    # Only who cast a ballot signs it.
    "proposals:sign": _own_ballots,
    "proposals:receipts": lambda: _proposals(round_number=1),
    "proposals:dossier": _proposals,
    "claims:detail": _claims,
    "treasury:month": _months,
    "treasury:run": _months,
}


def names(patterns: Sequence[URLPattern | URLResolver] | None = None, space: str = "") -> Iterator[tuple[str, bool]]:
    """(name with its namespaces, whether it has arguments) of every route; a route without a name cannot be linked."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from names(entry.url_patterns, inner)
        elif entry.name:
            yield f"{space}{entry.name}", bool(entry.pattern.regex.groups)


def places() -> list[Place]:
    """Every address that can be asked for."""
    found = []
    for route, has_arguments in dict(names()).items():
        if not has_arguments:
            found.append(Place(route, reverse(route)))
        elif route.startswith("admin:"):
            found += _of_admin(route)
        elif route in EXAMPLES:
            found += [Place(route, reverse(route, kwargs=arguments)) for arguments in EXAMPLES[route]()]
        else:
            # Nobody gave an example: the test that every route is looked at will say so.
            found.append(Place(route, ""))
    return found


def _of_admin(route: str) -> list[Place]:
    """The oldest and the newest row of the model that a page of the admin is about."""
    for model in admin.site._registry:
        if route.startswith(f"admin:{model._meta.app_label}_{model._meta.model_name}_"):
            rows = model._default_manager.order_by("pk")
            keys = dict.fromkeys(row.pk for row in (rows.first(), rows.last()) if row is not None)
            return [Place(route, reverse(route, args=[key])) for key in keys]
    return []
