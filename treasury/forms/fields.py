"""Fields whose values are whole small units: micro-units of money, hundredths of an hour."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from journal import writing

MICRO = 1_000_000
CENTI = 100


class LenientForm(forms.Form):
    """Demands nothing itself: a rule does, or nothing is needed. Its labels do not call every field optional."""

    use_required_attribute = False

    def full_clean(self) -> None:
        """Reads what there is."""
        for field in self.fields.values():
            field.required = False
        super().full_clean()
        for field in self.fields.values():
            field.required = True


class UnitsField(forms.DecimalField):
    """A number of 0 or more with a fixed number of decimals at most; its value counts the smallest unit."""

    unit = 1
    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "w-m", "autocomplete": "off"})

    def __init__(self, *, max_digits: int, decimal_places: int, **more: Any) -> None:
        wrong = _("Enter a number of 0 or more, like 16800 or 412.5.")
        super().__init__(
            max_digits=max_digits,
            decimal_places=decimal_places,
            min_value=0,
            error_messages={"invalid": wrong, "required": wrong, "min_value": wrong},
            **more,
        )

    def to_python(self, value: Any) -> Any:
        """Thousands commas, as the pages write them, are read too."""
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)

    def clean(self, value: Any) -> Any:
        """`415.5` as 415500000."""
        read: Decimal | None = super().clean(value)
        return None if read is None else int(read * self.unit)


class AmountField(UnitsField):
    """U with at most six decimals, in micro-units."""

    unit = MICRO

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=16, decimal_places=6, **more)

    def prepare_value(self, value: Any) -> Any:
        """Micro-units as they are typed."""
        return writing.amount(value).replace(",", "") if isinstance(value, int) else value


class HoursField(UnitsField):
    """Hours with at most two decimals, in hundredths."""

    unit = CENTI

    def __init__(self, **more: Any) -> None:
        super().__init__(max_digits=8, decimal_places=2, **more)

    def prepare_value(self, value: Any) -> Any:
        """Hundredths as they are typed."""
        return writing.digits(value, writing.CENTI).replace(",", "") if isinstance(value, int) else value
