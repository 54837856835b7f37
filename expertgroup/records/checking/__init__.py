"""Whether rows may enter the record, judged against what is there; pure: state and rows in, a plan and problems out."""

from expertgroup.records.checking.plan import FilePlan, Plan
from expertgroup.records.checking.run import check

__all__ = ["FilePlan", "Plan", "check"]
