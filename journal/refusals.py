"""A refusal: the named, translated answer "no" that a rule gives, the same on the page, in the API and in a command."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Raised by services and rules when something may not happen.

    `code` is a stable slug, `message` one translated sentence that says what to do, `clause` the charter's id,
    `field` the form field or column it belongs to, `status` the HTTP status (403 not allowed, 409 someone was faster
    or too late, 422 bad input).
    """

    code = "refused"
    status = 422
    clause: str | None = None
    field: str | None = None
    message: str | Promise = ""

    def __init__(
        self, message: str | Promise | None = None, *, clause: str | None = None, field: str | None = None
    ) -> None:
        if message is not None:
            self.message = message
        if clause is not None:
            self.clause = clause
        if field is not None:
            self.field = field
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refusal):
    """The person may not do this at all."""

    code = "not-allowed"
    status = 403


class Conflict(Refusal):
    """Somebody was faster, or it is too late."""

    code = "conflict"
    status = 409


class UnknownLink(Refusal):
    """There is no such link of the chain yet."""

    code = "unknown-link"
    message = _("The journal has no link with this number yet. Give a whole number up to that of its head.")
