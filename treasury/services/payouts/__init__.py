"""A month's run: started by the treasurer, posted chunk by chunk by a worker."""

from treasury.services.payouts.running import run_month
from treasury.services.payouts.starting import start

__all__ = ["run_month", "start"]
