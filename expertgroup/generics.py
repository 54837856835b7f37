"""Lets Django's classes be subscripted at run time as their type stubs say: ``ModelForm[Claim]``.

The stubs' own package does the same, but belongs to development; production should not install type stubs for it.
"""

from django.contrib.admin.options import BaseModelAdmin
from django.core.paginator import Paginator
from django.db.models import Field, Func, Lookup, Prefetch
from django.db.models.options import Options
from django.forms import BaseFormSet, BaseModelForm, ModelChoiceField
from django.forms.models import ModelChoiceIterator
from django.views.generic.detail import SingleObjectMixin
from django.views.generic.edit import DeletionMixin, FormMixin
from django.views.generic.list import MultipleObjectMixin

GENERIC: tuple[type, ...] = (
    BaseFormSet,
    BaseModelAdmin,
    BaseModelForm,
    DeletionMixin,
    Field,
    FormMixin,
    Func,
    Lookup,
    ModelChoiceField,
    ModelChoiceIterator,
    MultipleObjectMixin,
    Options,
    Paginator,
    Prefetch,
    SingleObjectMixin,
)


def _itself(cls: type, _parameters: object) -> type:
    return cls


def allow_subscripts() -> None:
    """Gives each of the classes a ``[...]`` that returns the class itself."""
    for cls in GENERIC:
        if not hasattr(cls, "__class_getitem__"):
            setattr(cls, "__class_getitem__", classmethod(_itself))  # noqa: B010
