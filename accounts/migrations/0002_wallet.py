"""Wallets that a person proved, and the nonces that they sign."""

import datetime

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Challenge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=32, unique=True)),
                ("address", models.CharField(max_length=42, verbose_name="address")),
                ("purpose", models.CharField(max_length=320)),
                ("message", models.TextField()),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("signature", models.CharField(blank=True, max_length=132)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "challenge",
                "verbose_name_plural": "challenges",
            },
        ),
        migrations.CreateModel(
            name="Wallet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=42, verbose_name="address")),
                ("proven_at", models.DateTimeField(verbose_name="proved")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed")),
                (
                    "proof",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.challenge"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="wallets", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "wallet",
                "verbose_name_plural": "wallets",
            },
        ),
        migrations.AddIndex(
            model_name="challenge",
            index=models.Index(condition=models.Q(("used_at", None)), fields=["expires_at"], name="challenge_unused"),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(("address__regex", "^0x[0-9a-f]{40}$")), name="challenge_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("issued_at")),
                    (
                        "expires_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("issued_at"), "+", models.Value(datetime.timedelta(seconds=300))
                        ),
                    ),
                ),
                name="challenge_within_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signature", ""), ("used_at", None)),
                    models.Q(
                        ("used_at__gte", models.F("issued_at")),
                        ("used_at__isnull", False),
                        ("used_at__lt", models.F("expires_at")),
                        models.Q(("signature", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="challenge_used_in_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(("address__regex", "^0x[0-9a-f]{40}$")), name="wallet_address"
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)), fields=("address",), name="wallet_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="wallet",
            constraint=models.CheckConstraint(
                condition=models.Q(("removed_at", None), ("removed_at__gte", models.F("proven_at")), _connector="OR"),
                name="wallet_order",
            ),
        ),
    ]
