"""Time that a test can set forward for every process: the database's own clock, which decides, is what moves.

`clock_timestamp()` is found in a schema that is searched before the system's own; nothing in the program changes.
"""

from datetime import timedelta

from django.db import connection

SETUP = """
CREATE SCHEMA travel;
CREATE TABLE travel.ahead (by interval NOT NULL);
INSERT INTO travel.ahead VALUES ('0');
CREATE FUNCTION travel.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  'SELECT pg_catalog.clock_timestamp() + by FROM travel.ahead';
"""


class Travel:
    """The way into the future of one test's database.

    Made before everything that connects: a connection searches as its database said when it was made.
    """

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SETUP)
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET search_path = travel, pg_catalog, public")
        connection.close()

    def forward(self, by: timedelta) -> None:
        """It is so much later for everybody from now on."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE travel.ahead SET by = by + make_interval(secs => %s)", [by.total_seconds()])
