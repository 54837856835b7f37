"""Who stands where in an engagement: the client, its experts, those who keep it for the group."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from consulting.models import Booking, Engagement, Retainer, Session, Weight
from members.models import Member
from members.selectors.people import Signed, member_of, roles_on

CLIENT, EXPERT, TREASURER, LEADER, MEMBER, NOBODY = "client", "expert", "treasurer", "leader", "member", ""
# Rows by which a member takes part in an engagement: each has `engagement` and `member`.
PARTS = (Session, Weight, Booking, Retainer)


def side_of(user: Signed, engagement: Engagement, day: date) -> str:
    """`client`, `expert`, `treasurer`, `leader`, `member` or "", the first that holds; "" sees nothing of it (404).

    Whoever decides by a role besides asks for the role: a treasurer who is an expert of it is `expert` here.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    if engagement.client.user_id == user.pk:
        return CLIENT
    member = member_of(user)
    if member is not None and is_expert(member, engagement):
        return EXPERT
    roles = roles_on(user, day)
    return next((role for role in (TREASURER, LEADER, MEMBER) if role in roles), NOBODY)


def is_expert(member: Member, engagement: Engagement) -> bool:
    """Whether a member takes part in an engagement."""
    return experts_of(engagement).filter(pk=member.pk).exists()


def experts_of(engagement: Engagement) -> QuerySet[Member]:
    """Everybody who takes part in an engagement, in byte order of handle."""
    keys: list[QuerySet[Any, int]] = [
        model._default_manager.filter(engagement=engagement).values_list("member", flat=True) for model in PARTS
    ]
    return Member.objects.filter(pk__in=keys[0].union(*keys[1:])).order_by("handle")
