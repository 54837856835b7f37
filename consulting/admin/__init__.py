"""Pages of the administration: clients and engagements for the treasurer, experts' offers to read."""

from consulting.admin import engagements, offering

__all__ = ["engagements", "offering"]
