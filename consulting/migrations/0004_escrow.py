"""Acceptance by unit, milestones, refunds, disputes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consulting", "0003_offering")]

    operations = []
