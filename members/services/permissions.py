"""What the treasurer may do in the admin: a Django group, filled from the names of the apps that stand."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from accounts.models import User

NAME = "treasurer"
# Which models may be read, and which may be added or changed; services and the database refuse what no rule allows.
# Not the outgoing mails: a link that sets somebody's password may wait among them.
READ = (
    "accounts.user",
    "members.member", "members.membership", "members.term", "members.leave",
    "members.application", "members.interview",
    "proposals.proposal", "proposals.round", "proposals.ballot", "proposals.outcome", "proposals.execution",
    "treasury.*", "consulting.*", "charter.*", "journal.entry", "journal.seal", "journal.job",
)  # fmt: skip
WRITE = (
    "treasury.client", "treasury.budget", "treasury.claim",
    "consulting.engagement", "consulting.session", "consulting.acceptance", "consulting.client",
)  # fmt: skip


def grant_treasurer(user: User) -> None:
    """Puts a user into the treasurers' group and lets them open the admin."""
    group = refresh_treasurer()
    user.groups.add(group)
    user.is_staff = True
    user.save(update_fields=["is_staff"])


def refresh_treasurer() -> Group:
    """The group with exactly its permissions, whatever it had before; run again after a migration that adds models."""
    group, _created = Group.objects.get_or_create(name=NAME)
    reading = Permission.objects.filter(_models(READ), codename__startswith="view_")
    writing = Permission.objects.filter(_models(WRITE)).filter(
        Q(codename__startswith="add_") | Q(codename__startswith="change_")
    )
    group.permissions.set(reading | writing)
    return group


def _models(names: tuple[str, ...]) -> Q:
    found = Q(pk__in=())
    for name in names:
        app, _dot, model = name.partition(".")
        found |= (
            Q(content_type__app_label=app)
            if model == "*"
            else Q(content_type__app_label=app, content_type__model=model)
        )
    return found
