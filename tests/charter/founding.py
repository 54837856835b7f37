"""The charter's list, copied by hand from its specification: every clause, every setting."""

# fmt: off
CLAUSES = [
    "why.1", "why.2", "why.3", "why.4", "why.5",
    "duty.1.1", "duty.1.2", "duty.1.3", "duty.1.4", "duty.1.5",
    "duty.1.6", "duty.1.7", "duty.1.8", "duty.1.8.1", "duty.1.9",
    "duty.2.1", "duty.2.2",
    "duty.3", "duty.4", "duty.4.1", "duty.4.2", "duty.5",
    "req.1", "req.1.a", "req.1.b", "req.1.c", "req.2", "req.3", "req.4",
    "join.1", "join.2.1", "join.2.2", "join.2.3", "join.2.4",
    "exit.1", "exit.2",
    "daily.1", "daily.2", "daily.3", "daily.4",
    "income.1.1", "income.1.2", "income.1.2.1", "income.1.2.2", "income.1.2.3",
    "income.2.1", "income.2.2", "income.2.3",
    "income.3",
]
# fmt: on

# key, value in force under edition 1, said or silent, clause
SETTINGS = [
    ("admission.builder_months", "1", "said", "join.1"),
    ("admission.interview_required", "yes", "said", "join.2.2"),
    ("admission.threshold", "unanimous", "said", "join.2.4"),
    ("voting.days", "7", "silent", "join.2.4"),
    ("voting.min_hours", "24", "silent", "join.2.4"),
    ("removal.threshold", "share>=2/3", "silent", "exit.2"),
    ("leader.term_quarters", "1", "said", "daily.1"),
    ("election.threshold", "share>1/2", "silent", "daily.1"),
    ("report.weekday", "Sunday", "said", "daily.2"),
    ("group.time_zone", "Asia/Shanghai", "silent", "daily.3"),
    ("pow.hourly_rate", "60", "said", "income.1.1"),
    ("pow.flexible_rate", "0", "silent", "income.1.1"),
    ("budget.threshold", "share>=2/3", "silent", "income.1.1"),
    ("quarter.first_month", "1", "silent", "income.1.2"),
    ("notice.days", "5", "silent", "income.1.2"),
    ("stipend.leader", "1200", "said", "income.1.2.1"),
    ("leader.weekly_hours_min", "5", "said", "income.1.2.1"),
    ("stipend.member", "400", "said", "income.1.2.2"),
    ("stipend.lxp_share", "50%", "silent", "income.1.2.2"),
    ("lxp.per_u", "1", "silent", "income.1.2.2"),
    ("pow.lxp_share", "0%", "silent", "income.1.2.3"),
    ("consulting.individual_share", "80%", "said", "income.2.1"),
    ("consulting.rate_min", "100", "said", "income.2.2"),
    ("consulting.rate_max", "200", "said", "income.2.2"),
    ("consulting.weekly_hours_max", "10", "said", "income.2.2"),
    ("consulting.silent_accept_days", "7", "silent", "income.2.3"),
    ("amendment.threshold", "share>=2/3", "silent", None),
]
