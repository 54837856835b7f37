#!/usr/bin/env python
"""Django's command line for the expert group."""

import os
import sys

# Only these change tables or rights; everything else runs as the role that serves.
OWNER_COMMANDS = {"migrate", "createcachetable", "grant_runtime_role"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertgroup.settings")
    if OWNER_COMMANDS.intersection(sys.argv[1:2]) and os.environ.get("MIGRATE_DATABASE_URL"):
        os.environ["DATABASE_URL"] = os.environ["MIGRATE_DATABASE_URL"]
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
