"""The next number of a series: no number twice, none left out."""

from consulting.models import Series


def next_number(name: str) -> int:
    """1, 2, 3 … in the caller's transaction: what is rolled back gives its number back, so the series has no gap."""
    Series.objects.bulk_create([Series(name=name)], ignore_conflicts=True)
    series = held(name)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last


def held(name: str) -> Series:
    """The series, locked to the end of the transaction."""
    return Series.objects.select_for_update().get(name=name)
