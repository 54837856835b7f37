"""Users that records name: founding, import, admission, clients."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.models import User, UserManager
from accounts.refusals import NoAddress
from accounts.selectors import verified_owner


def user_for_email(email: str, *, name: str = "", at: datetime) -> User:
    """The user whom a record means by an address; NoAddress if it is none.

    It attaches only to somebody who proved the address. An account that merely claims it loses password, sessions and
    tokens, because whoever opened it may not be the person meant. Otherwise a user without password is made, whose
    first sign-in is a mailed link.
    """
    email = _checked(email)
    with transaction.atomic():
        owner = verified_owner(email)
        if owner is not None:
            return owner
        EmailAddress.objects.filter(email__iexact=email, verified=False).delete()
        made = _made(email, name)
        if made is not None:
            return made
        user = User.objects.select_for_update().get(email=email)
        _take_back(user, name, at)
    return user


def _made(email: str, name: str) -> User | None:
    """A new user without password; None when the address has an account, even one made in this moment."""
    if User.objects.filter(email=email).exists():
        return None
    try:
        with transaction.atomic():
            return User.objects.create_user(email, name=name)
    except IntegrityError:
        return None


def prove_address(*, user: User) -> bool:
    """Notes that the user reads the mailbox of the account's address; False if somebody else has proved it.

    Called when a mailed link was used. Pending changes to other addresses fall away.
    """
    with transaction.atomic():
        owner = verified_owner(user.email)
        if owner is not None:
            return owner.pk == user.pk
        EmailAddress.objects.filter(user=user, verified=False).delete()
        EmailAddress.objects.filter(user=user, primary=True).update(primary=False)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return True


def prefer(*, user: User, name: str | None = None, language: str | None = None, theme: str | None = None) -> User:
    """Changes what a person sees of themselves and how; None leaves a thing as it is."""
    wanted = {"name": name, "language": language, "theme": theme}
    changes = {field: value for field, value in wanted.items() if value is not None}
    with transaction.atomic():
        found = User.objects.select_for_update().get(pk=user.pk)
        for field, value in changes.items():
            setattr(found, field, value)
        found.full_clean(validate_unique=False, validate_constraints=False)
        found.save(update_fields=list(changes))
    return found


def _checked(email: str) -> str:
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError as wrong:
        raise NoAddress from wrong
    return UserManager.normalize_email(email)


def _take_back(user: User, name: str, at: datetime) -> None:
    """Leaves the account to whoever reads the mailbox: a new unusable password ends every session that it had."""
    user.tokens.filter(revoked_at=None).update(revoked_at=at)
    if user.has_usable_password():
        user.set_unusable_password()
        # Whoever opened the account chose the name too.
        user.name = name
    elif name and not user.name:
        user.name = name
    user.save(update_fields=["password", "name"])
