import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from journal.appendonly import operations

# What is signed is the ballot that counts, by an address that its voter proved. The proposal's lock orders this and a
# newer ballot.
GUARD = """
CREATE FUNCTION proposals_ballotsignature_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM proposals_ballot b JOIN proposals_seat s ON s.id = b.seat_id JOIN members_member m ON m.id = s.member_id
    JOIN accounts_wallet w ON w.user_id = m.user_id
    WHERE b.id = NEW.ballot_id AND w.address = NEW.address AND w.removed_at IS NULL AND NEW.signed_at >= b.cast_at
      AND NOT EXISTS (SELECT 1 FROM proposals_ballot x WHERE x.seat_id = b.seat_id AND x.seq > b.seq);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'signature: not of the latest ballot by a wallet of its voter' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER proposals_ballotsignature_guard BEFORE INSERT ON proposals_ballotsignature
  FOR EACH ROW EXECUTE FUNCTION proposals_ballotsignature_guard();
"""
DROP = """
DROP TRIGGER proposals_ballotsignature_guard ON proposals_ballotsignature;
DROP FUNCTION proposals_ballotsignature_guard;
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0004_kinds"), ("accounts", "0002_wallet"), ("journal", "0002_rules")]

    operations = [
        migrations.CreateModel(
            name="BallotSignature",
            fields=[
                (
                    "ballot",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="signature",
                        serialize=False,
                        to="proposals.ballot",
                    ),
                ),
                ("group", models.CharField(max_length=255)),
                ("address", models.CharField(max_length=42, verbose_name="address")),
                ("signature", models.CharField(max_length=132, verbose_name="signature")),
                ("digest", models.CharField(max_length=64)),
                ("signed_at", models.DateTimeField(verbose_name="signed")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "signature",
                "verbose_name_plural": "signatures",
                "db_table": "proposals_ballotsignature",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("group", ""), _negated=True), name="signature_group"),
                    models.CheckConstraint(
                        condition=models.Q(("address__regex", "^0x[0-9a-f]{40}$")), name="signature_address"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signature__regex", "^0x[0-9a-f]{128}1[bc]$")), name="signature_of_a_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="signature_digest"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.IntegerField(help_text="Place in the proposal's evidence, from 1 to 50")),
                ("envelope", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("added_at", models.DateTimeField(verbose_name="added")),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.member"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="proposals.proposal",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "db_table": "proposals_evidence",
                "ordering": ["proposal", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("proposal", "number"), name="evidence_number_once"),
                    models.UniqueConstraint(fields=("proposal", "digest"), name="evidence_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1), ("number__lte", 50)), name="evidence_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="evidence_digest"
                    ),
                ],
            },
        ),
        *operations("proposals_ballotsignature"),
        *operations("proposals_evidence"),
        migrations.RunSQL(GUARD, DROP),
    ]
