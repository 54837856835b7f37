"""Quotes, invoices, payments."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consulting", "0004_escrow")]

    operations = []
