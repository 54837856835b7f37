"""What is typed into articles and reviews. Services decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consulting.forms.offering import OwnForm
from consulting.models.articles import BODY_LONGEST, REVIEW_LONGEST
from consulting.rules.offering import LANGUAGES
from consulting.rules.writing import TITLE_LONGEST


class ArticleForm(OwnForm):
    """An article."""

    title = forms.CharField(label=_("Title"), max_length=TITLE_LONGEST)
    language = forms.ChoiceField(label=_("Language"), choices=sorted(LANGUAGES.items()))
    body = forms.CharField(
        label=_("Text"),
        max_length=BODY_LONGEST,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("In Markdown: # heading, **bold**, - list, [link](https://…). Pictures and HTML are left out."),
    )


class ReviewForm(OwnForm):
    """A client's review."""

    text = forms.CharField(
        label=_("What would you tell the next client?"),
        max_length=REVIEW_LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("At most 600 characters, shown on the expert’s page. The expert cannot change them."),
    )
    named = forms.BooleanField(label=_("Show our name beside it"), required=False)
