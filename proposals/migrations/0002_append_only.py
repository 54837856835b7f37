from django.db import migrations

from journal.appendonly import operations


class Migration(migrations.Migration):
    dependencies = [("proposals", "0001_initial"), ("journal", "0002_rules")]

    operations = [
        *operations("proposals_round"),
        *operations("proposals_seat"),
        *operations("proposals_ballot"),
        *operations("proposals_outcome"),
        *operations("proposals_execution"),
    ]
