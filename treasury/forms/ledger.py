"""Which transfers somebody wants to see: read from the address, so that the address always shows the same."""

from django import forms
from django.utils.translation import gettext_lazy as _

from treasury.forms.fields import LenientForm
from treasury.models import Account, Asset
from treasury.selectors.pages.ledger import Filter

ANY = ("", _("All"))


class FilterForm(LenientForm):
    """`?kind=payable&owner=lin&asset=U`; everything may be left out."""

    kind = forms.ChoiceField(label=_("Account"), choices=[ANY, *Account.Kind.choices], required=False)
    asset = forms.ChoiceField(label=_("Asset"), choices=[ANY, *Asset.choices], required=False)
    owner = forms.CharField(
        label=_("Handle, client’s key or engagement"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def chosen(self) -> Filter:
        """What was asked for; nothing in particular where it could not be read."""
        return Filter(**self.cleaned_data) if self.is_valid() else Filter()
