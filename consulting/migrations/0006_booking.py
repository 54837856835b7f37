"""Bookings, holds, retainers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consulting", "0005_billing")]

    operations = []
