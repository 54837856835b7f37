"""A month's run against one SQL statement that inserts the same lines and transfers under the same constraints.

The floor gets its rows ready-made from a table and its accounts opened; the run computes every line, keeps the journal,
its progress and its lease, and could be killed anywhere.
"""

import os
import statistics
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests import databases
from tests.bench.report import Report

MONTH = "2026-08"
SIZES = {10_000: 5, 100_000: 3}  # members: rounds
MOST = 1.3
HWM_MOST_KIB = 8 * 1024

# Everybody a member, one in a hundred leaving or joining within the month, one leader; ten approved claims each.
FILL = """
INSERT INTO charter_group (id, name, time_zone, founded_on) VALUES (1, 'Bench', 'Asia/Shanghai', '2025-01-01');
INSERT INTO charter_edition (number, effective_on, act, actor) VALUES (1, '2025-01-01', 'founding', 'bench');
INSERT INTO members_member (handle, name, email, builder_url, wallet)
  SELECT 'm' || lpad(n::text, 7, '0'), 'M', '', '', '' FROM generate_series(1, {members}) n;
INSERT INTO members_membership (member_id, joined_on, exited_on, decided_by)
  SELECT id, CASE WHEN id % 100 = 1 THEN '2026-08-17'::date ELSE '2025-01-01'::date END,
         CASE WHEN id % 100 = 2 THEN '2026-08-16'::date END, 'bench' FROM members_member;
INSERT INTO members_term (role, member_id, starts_on, decided_by)
  SELECT 'leader', min(id), '2025-01-01', 'bench' FROM members_member WHERE id % 100 = 3;
INSERT INTO treasury_claim (reference, member_id, worked_on, hours_centi, project, description, evidence_url, status,
                            quarter, value_e8, decided_by_id, decided_on, reason, salt)
  SELECT 'C2026Q3-' || lpad((m.id * 10 + k)::text, 8, '0'), m.id, '2026-08-01'::date + (m.id + 3 * k)::int % 31,
         25 * (1 + (m.id + k)::int % 90), 'Bench', 'Work', '', 'approved', '2026-Q3',
         25 * (1 + (m.id + k)::int % 90) * 60000000::bigint, CASE WHEN m.id = 1 THEN 2 ELSE 1 END, '2026-09-01', '', ''
  FROM members_member m CROSS JOIN generate_series(0, 9) k;
"""
# What the floor inserts: the very lines of a run, in the order in which they were inserted.
STAGE = """
CREATE TABLE staged AS
  SELECT l.month, l.reference, l.base, l.correction, l.kind, l.payee, l.asset, l.amount_micro, l.clause, l.inputs,
         t.debit_id, t.credit_id FROM treasury_payoutline l JOIN treasury_transfer t USING (reference) ORDER BY l.id;
"""
FLOOR = """
WITH run AS (
  INSERT INTO treasury_payoutrun (month, number, terms, occurred_on, started_by, started_at, position, lines_posted,
                                  u_micro, lxp_micro)
  VALUES ('2026-08', 1, '{}', '2026-11-20', 'bench', now(), '', 0, 0, 0) RETURNING id
), posting AS (
  INSERT INTO treasury_posting (kind, key, occurred_on, actor) VALUES ('payout-run', 'floor', '2026-11-20', 'bench')
  RETURNING id
), lines AS (
  INSERT INTO treasury_payoutline
    (run_id, posting_id, month, reference, base, correction, kind, payee, asset, amount_micro, clause, inputs)
  SELECT run.id, posting.id, month, reference, base, correction, kind, payee, asset, amount_micro, clause, inputs
  FROM staged, run, posting RETURNING 1
)
INSERT INTO treasury_transfer (posting_id, debit_id, credit_id, asset, amount_micro, reference, occurred_on)
SELECT posting.id, debit_id, credit_id, asset, amount_micro, reference, '2026-11-20' FROM staged, posting
"""


def run(report: Report) -> None:
    """Ratio and memory for each size; BENCH_MEMBERS ("1000 10000") names other sizes."""
    named = [int(text) for text in os.environ.get("BENCH_MEMBERS", "").split()]
    for members in named or SIZES:
        timed, grown = measure(os.environ["DATABASE_URL"], members, SIZES.get(members, 3))
        ours, theirs = statistics.median(timed["month"]), statistics.median(timed["floor"])
        report.line(f"{members:,} members: run {ours:.2f} s, floor {theirs:.2f} s")
        for name, values in timed.items():
            report.line(f"  {name}: {', '.join(f'{value:.2f}' for value in values)}")
        report.ratio(f"month run of {members:,} members / one statement", ours, theirs, limit=MOST)
        report.number(f"worker's peak memory over {members:,} members", grown, limit=HWM_MOST_KIB, unit="KiB")


def measure(server: str, members: int, rounds: int) -> tuple[dict[str, list[float]], int]:
    """One size: fills a database, stages the floor's rows by running once, then alternates run and floor in clones."""
    filled = databases.with_database(server, f"bench_{os.getpid()}_filled")
    try:
        prepare(filled, members)
        timed: dict[str, list[float]] = {"month": [], "floor": []}
        grown = 0
        for number in range(rounds):
            # Whoever comes first in a round changes with the rounds.
            for name in sorted(timed, reverse=bool(number % 2)):
                seconds, kib = in_clone(filled, {"month": month, "floor": floor}[name])
                timed[name].append(seconds)
                grown = max(grown, kib if name == "month" else 0)
    finally:
        databases.drop(filled)
    return timed, grown


def prepare(filled: str, members: int) -> None:
    """A database with the month's records, accounts opened, and the floor's rows staged."""
    databases.create(filled, template=databases.database_of(os.environ["EXPERTGROUP_TEST_TEMPLATE"]))
    with databases.connect(filled) as connection:
        for statement in FILL.format(members=members).split(";\n"):
            connection.execute(statement.encode())
        connection.execute("VACUUM ANALYZE")
    staging = databases.with_database(filled, databases.database_of(filled) + "_staging")
    databases.create(staging, template=databases.database_of(filled))
    try:
        forked(staging, month)
        copy(staging, filled)
    finally:
        databases.drop(staging)


def copy(staging: str, filled: str) -> None:
    """Brings the accounts and the staged rows of a run into the filled database, under the same ids."""
    with databases.connect(staging) as source, databases.connect(filled) as target:
        source.execute(STAGE)
        target.execute("CREATE TABLE staged (LIKE treasury_payoutline)")
        target.execute("ALTER TABLE staged DROP COLUMN id, DROP COLUMN run_id, DROP COLUMN posting_id")
        target.execute("ALTER TABLE staged ADD COLUMN debit_id bigint, ADD COLUMN credit_id bigint")
        columns = (
            "month, reference, base, correction, kind, payee, asset, amount_micro, clause, inputs, debit_id, credit_id"
        )
        for table, names in (("treasury_account", "id, kind, owner, asset"), ("staged", columns)):
            with (
                source.cursor().copy(f"COPY (SELECT {names} FROM {table}) TO STDOUT") as out,
                target.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as into,
            ):
                for data in out:
                    into.write(data)
        target.execute("SELECT setval('treasury_account_id_seq', (SELECT max(id) FROM treasury_account))")
        target.execute("VACUUM ANALYZE")


def in_clone(filled: str, work: Callable[[], None]) -> tuple[float, int]:
    """Seconds and growth of peak memory (KiB) of a piece of work, in a process and a database of its own."""
    clone = databases.with_database(filled, f"{databases.database_of(filled)}_clone")
    databases.create(clone, template=databases.database_of(filled))
    with databases.connect(clone) as connection:
        connection.execute("CHECKPOINT")
        connection.execute("SELECT count(*) FROM treasury_claim")
        connection.execute("SELECT count(*) FROM staged")
    try:
        return forked(clone, work)
    finally:
        databases.drop(clone)


def forked(url: str, work: Callable[[], None]) -> tuple[float, int]:
    """Runs the work in a fork on that database; (seconds, KiB of peak memory gained)."""
    from django.db import connection, connections

    # The child must not speak on the parent's connection.
    connections.close_all()
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            connections.settings["default"]["NAME"] = databases.database_of(url)
            connection.ensure_connection()
            _warm()
            before, began = peak_kib(), time.perf_counter()
            work()
            os.write(sending, f"{time.perf_counter() - began} {peak_kib() - before}".encode())
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    os.close(sending)
    with os.fdopen(receiving) as answer:
        text = answer.read()
    if os.waitpid(child, 0)[1] != 0:
        raise RuntimeError(f"{work.__name__} failed")
    seconds, kib = text.split()
    return float(seconds), int(kib)


def _warm() -> None:
    """A worker has read the charter before; the first reading in a process looks through all time zones."""
    from datetime import date

    from charter import selectors as charter

    charter.terms_on(date(2026, 8, 1))


def peak_kib() -> int:
    """The process's highest resident memory so far."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def month() -> None:
    """The month's run as the treasurer starts it and the worker does it."""
    from journal.clock import database_clock
    from journal.services import jobs
    from treasury.models import PayoutRun
    from treasury.services import payouts

    jobs.wake = lambda: None
    payouts.start(month=MONTH, by="bench", at=database_clock())
    assert jobs.run_due() == 1
    assert PayoutRun.objects.get().completed_at


def floor() -> None:
    """The one statement."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(FLOOR)
