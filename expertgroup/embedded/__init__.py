"""A private PostgreSQL server for the demo and the tests: ``with running(home) as url: ...``.

The server comes from a wheel or from the machine, listens on a unix socket in a private folder only, and ends with the
process that started it.
"""

from expertgroup.embedded.cluster import Cluster, ClusterBusy, running
from expertgroup.embedded.places import ClusterError, home_for, temporary_home

__all__ = ["Cluster", "ClusterBusy", "ClusterError", "home_for", "running", "temporary_home"]
