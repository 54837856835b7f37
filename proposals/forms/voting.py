"""What is typed beside a running round and between two: ballots, the next round, comments, evidence, declarations."""

from collections.abc import Iterable
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import Refusable
from members.models import Member
from proposals.forms.judged import JudgedForm
from proposals.models import Ballot


class BallotForm(JudgedForm):
    """A choice; `missing` belongs to an objection, `reason` to all that is not in favour. The page shows what fits."""

    use_required_attribute = False

    choice = forms.ChoiceField(
        label=_("Your choice"),
        choices=Ballot.Choice.choices,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why do you object?"),
        help_text=_("The applicant and all members read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    missing = forms.CharField(label=_("What information would change your vote?"))

    def worded(self, *, consent: bool, hidden: bool = False) -> Self:
        """As its round asks: for what an objection needs, or (not `consent`) for a reason that may be given.

        Of a `hidden` round it is read when the round is closed.
        """
        if not consent:
            reason = self.fields["reason"]
            reason.required = False
            reason.label = _("Your reason")
            reason.help_text = _("All members read it. It stands beside a vote against or an abstention.")
            if hidden:
                reason.help_text = _(
                    "All members read it once the round is closed, beside a vote against or an abstention."
                )
        return self


class NextRoundForm(JudgedForm):
    """What changed since the last round, in the leader's words."""

    use_required_attribute = False

    changes = forms.CharField(
        label=_("What changed since the last round?"),
        help_text=_("All members read this. What the applicant changed is shown beside it, word by word."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    text = forms.CharField(
        label=_("Why it is proposed"),
        help_text=_("Change it where the last round showed that it has to: what differs is marked, word by word."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_next_%s")
        super().__init__(*args, **kwargs)

    def of(self, *, admission: bool, text: str = "") -> Self:
        """For an admission, whose words are the application's; for others with the `text` of the last round."""
        if admission:
            del self.fields["text"]
        else:
            self.fields["changes"].help_text = _("All members read this.")
            self.fields["text"].initial = text
        return self


class EvidenceForm(Refusable):
    """A vote from Snapshot; the rules are the service's."""

    envelope = forms.CharField(
        label=_("Vote from Snapshot"),
        help_text=_("The whole JSON of the vote: address, sig and data."),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )


class CommentForm(JudgedForm):
    """A comment in Markdown, or an answer to one."""

    use_required_attribute = False

    text = forms.CharField(label=_("Your comment"), widget=forms.Textarea(attrs={"rows": 4}))
    answers = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_comment_%s")
        super().__init__(*args, **kwargs)

    def of(self, answers: int | None, readers: str) -> Self:
        """For the comment of this number that it answers, or None; `readers` says who will read it."""
        self.fields["text"].help_text = readers
        if answers is not None:
            self.fields["text"].label = _("Your answer")
            self.fields["answers"].initial = answers
        return self


class RecusalForm(JudgedForm):
    """Why a member takes no part."""

    use_required_attribute = False

    reason = forms.CharField(
        label=_("Why do you take no part?"),
        help_text=_("All members read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_recusal_%s")
        super().__init__(*args, **kwargs)


class CandidacyForm(JudgedForm):
    """Why a member stands, and who would decide their own claims as leader."""

    use_required_attribute = False

    statement = forms.CharField(
        label=_("Why do you stand?"),
        help_text=_("All members read it, now and on the ballot. It is fixed when the vote opens."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    deputy = forms.ChoiceField(
        label=_("Deputy"), help_text=_("Decides your own claims if you lead. Without one, any other member does.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "id_candidacy_%s")
        super().__init__(*args, **kwargs)
        self.fields["deputy"].required = False

    def offering(self, members: Iterable[Member]) -> Self:
        """With these members to choose a deputy from."""
        field = self.fields["deputy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Nobody")), *((member.handle, member.name) for member in members)]
        return self
