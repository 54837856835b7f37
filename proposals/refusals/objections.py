"""What an escalated objection refuses, by name."""

from django.utils.translation import gettext_lazy as _

from journal.refusals import Refusal


class ProjectUnnamed(Refusal):
    """An objection to nothing."""

    code = "project-unnamed"
    field = "project"
    clause = "duty.1.8"
    message = _("Name the project in at most 120 characters.")


class PlanUnlinked(Refusal):
    """A plan that nobody can read."""

    code = "plan-unlinked"
    field = "plan_url"
    clause = "duty.1.8"
    message = _("Enter the link to the plan, beginning with https:// or http://: everybody who votes reads it.")


class ObjectionUnnamed(Refusal):
    """An objection that says nothing."""

    code = "objection-unnamed"
    field = "title"
    clause = "duty.1.8.1"
    message = _("Write in one sentence of at most 120 characters what the objection is.")
