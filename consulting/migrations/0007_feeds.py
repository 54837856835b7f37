"""Busy calendars, private feeds, articles, reviews."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consulting", "0006_booking")]

    operations = []
