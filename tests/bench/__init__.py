"""Benchmarks: medians over interleaved rounds in one run, ratios side by side, never milliseconds alone.

A module here with ``run(report: Report) -> None`` is a benchmark. ``make bench`` runs all, ``make bench ONLY=ballots``
one of them.
"""
