"""The bench itself: medians of interleaved rounds, and a ratio over its limit fails the run."""

from tests.bench.report import Report


def test_subjects_take_turns_and_warm_rounds_do_not_count() -> None:
    order: list[str] = []

    def subject(name: str, seconds: list[float]) -> float:
        order.append(name)
        return seconds.pop(0)

    slow, quick = [9.0, 3.0, 1.0, 2.0], [9.0, 1.0, 1.0, 1.0]
    found = Report().medians(
        {"slow": lambda: subject("slow", slow), "quick": lambda: subject("quick", quick)}, rounds=3
    )
    assert found == {"slow": 2.0, "quick": 1.0}
    assert order == ["slow", "quick", "quick", "slow", "slow", "quick", "quick", "slow"]


def test_a_ratio_over_its_limit_fails() -> None:
    report = Report()
    report.ratio("within", 1.2, 1.0, limit=1.3)
    report.ratio("told", 9.0, 1.0)
    assert report.finish()
    report.ratio("over", 1.31, 1.0, limit=1.3)
    assert not report.finish()
