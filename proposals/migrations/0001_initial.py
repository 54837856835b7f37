import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("members", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ballot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(help_text="Place in the proposal's chain, from 1")),
                ("seq", models.IntegerField(help_text="Which ballot of this seat, from 1")),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("for", "In favour"),
                            ("object", "Object and ask for more information"),
                            ("withdrawn", "Objection withdrawn, no vote"),
                        ],
                        max_length=12,
                        verbose_name="choice",
                    ),
                ),
                ("nonce", models.CharField(max_length=32)),
                ("reason_digest", models.CharField(blank=True, max_length=64)),
                ("commitment", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("receipt", models.CharField(max_length=64, verbose_name="receipt")),
                ("cast_at", models.DateTimeField(verbose_name="cast")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "ballot",
                "verbose_name_plural": "ballots",
                "db_table": "proposals_ballot",
                "ordering": ["proposal", "number"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.BigIntegerField(unique=True, verbose_name="number")),
                ("kind", models.CharField(choices=[("admission", "Admission")], max_length=20, verbose_name="kind")),
                (
                    "about",
                    models.CharField(
                        help_text="The name of the person; erased with the person", max_length=120, verbose_name="about"
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed")),
                (
                    "acts",
                    models.JSONField(help_text="What may be executed: key and params of each", verbose_name="acts"),
                ),
                ("acts_digest", models.CharField(max_length=64)),
                (
                    "application",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.application",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.member"
                    ),
                ),
            ],
            options={
                "verbose_name": "proposal",
                "verbose_name_plural": "proposals",
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="Round",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(verbose_name="round")),
                ("wording_digest", models.CharField(max_length=64)),
                ("rule", models.CharField(max_length=120, verbose_name="rule")),
                ("edition", models.IntegerField(verbose_name="charter edition")),
                ("electorate_digest", models.CharField(max_length=64)),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("earliest_end_at", models.DateTimeField(verbose_name="earliest end")),
                ("deadline_at", models.DateTimeField(verbose_name="deadline")),
                ("opened_in", models.BigIntegerField(default=0, editable=False)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.member"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rounds", to="proposals.proposal"
                    ),
                ),
            ],
            options={
                "verbose_name": "round",
                "verbose_name_plural": "rounds",
                "db_table": "proposals_round",
                "ordering": ["proposal", "number"],
            },
        ),
        migrations.CreateModel(
            name="Reason",
            fields=[
                (
                    "ballot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="reason",
                        serialize=False,
                        to="proposals.ballot",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("text", models.TextField(verbose_name="reason")),
                ("missing", models.TextField(blank=True, verbose_name="what information is missing")),
            ],
        ),
        migrations.CreateModel(
            name="Execution",
            fields=[
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="execution",
                        serialize=False,
                        to="proposals.proposal",
                    ),
                ),
                ("effect", models.CharField(max_length=160, verbose_name="effect")),
                ("executed_at", models.DateTimeField(verbose_name="executed")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "execution",
                "verbose_name_plural": "executions",
                "db_table": "proposals_execution",
            },
        ),
        migrations.AddField(
            model_name="ballot",
            name="proposal",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="proposals.proposal"
            ),
        ),
        migrations.CreateModel(
            name="Outcome",
            fields=[
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="outcome",
                        serialize=False,
                        to="proposals.round",
                    ),
                ),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("succeeded", "Passed"),
                            ("objected", "Stopped by an objection"),
                            ("silence", "A vote was missing at the deadline"),
                            ("canceled", "Canceled"),
                        ],
                        max_length=12,
                        verbose_name="result",
                    ),
                ),
                ("tally", models.JSONField(help_text="The count and the arithmetic")),
                ("last_receipt", models.CharField(help_text="The head of the proposal's chain", max_length=64)),
                ("digest", models.CharField(max_length=64)),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "outcome",
                "verbose_name_plural": "outcomes",
                "db_table": "proposals_outcome",
            },
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "round",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="wording",
                        serialize=False,
                        to="proposals.round",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("content", models.JSONField(help_text="What was put to the vote, as it stood at opening")),
                ("changes", models.TextField(blank=True, verbose_name="what changed since the last round")),
            ],
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.member"
                    ),
                ),
                (
                    "round",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="seats",
                        to="proposals.round",
                    ),
                ),
            ],
            options={
                "db_table": "proposals_seat",
                "ordering": ["round", "position"],
            },
        ),
        migrations.AddField(
            model_name="ballot",
            name="seat",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="ballots", to="proposals.seat"
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="proposal_number_from_one"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(condition=models.Q(("kind__in", ["admission"])), name="proposal_kind"),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "admission"), _negated=True), ("application__isnull", False), _connector="OR"
                ),
                name="admission_has_application",
            ),
        ),
        migrations.AddConstraint(
            model_name="outcome",
            constraint=models.CheckConstraint(
                condition=models.Q(("result__in", ["succeeded", "objected", "silence", "canceled"])),
                name="outcome_result",
            ),
        ),
        migrations.AddField(
            model_name="execution",
            name="outcome",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="proposals.outcome"
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("proposal", "number"), name="round_once"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("digest",), name="round_digest_once"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="round_number_from_one"),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("earliest_end_at__gte", models.F("opened_at")),
                    ("deadline_at__gt", models.F("opened_at")),
                    ("earliest_end_at__lte", models.F("deadline_at")),
                ),
                name="round_times",
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("round", "member"), name="seat_once"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("round", "position"), name="seat_position_once"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(condition=models.Q(("position__gte", 1)), name="seat_position_from_one"),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(fields=("seat", "seq"), name="ballot_seq_once"),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(fields=("proposal", "number"), name="ballot_number_once"),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.UniqueConstraint(fields=("receipt",), name="ballot_receipt_once"),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("seq__gte", 1)), name="ballot_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(("choice__in", ["for", "object", "withdrawn"])), name="ballot_choice"
            ),
        ),
        migrations.AddConstraint(
            model_name="ballot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("choice", "object"), _negated=True),
                    models.Q(("reason_digest", ""), _negated=True),
                    _connector="OR",
                ),
                name="ballot_objection_reasoned",
            ),
        ),
        migrations.AddConstraint(
            model_name="execution",
            constraint=models.CheckConstraint(
                condition=models.Q(("effect", ""), _negated=True), name="execution_effect"
            ),
        ),
    ]
