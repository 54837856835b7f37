"""Timers, deliverables, messages, agenda."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consulting", "0007_feeds")]

    operations = []
