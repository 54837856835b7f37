"""The kinds of proposals that are drafted on a page: which act each one is, and what it is called."""

from collections.abc import Mapping
from typing import Any

from proposals import refusals
from proposals.models import Proposal

Kind = Proposal.Kind
ABOUT_MOST = 120
# By key: the acts belong to floors below and above, which this one does not import.
ACTS = {
    Kind.REMOVAL: "members.remove",
    Kind.AMENDMENT: "charter.amend",
    Kind.BUDGET: "treasury.grant_budget",
    Kind.DISPUTE: "consulting.settle_dispute",
    Kind.RESOLUTION: "proposals.resolve",
}
# What everybody may read at once; what concerns a person or a client is the members' until then.
OPEN_WORDS = frozenset((Kind.AMENDMENT, Kind.BUDGET, Kind.RESOLUTION))


def kind_of(text: str) -> Kind:
    """The kind of a word in an address; UnknownKind if none of these is drafted."""
    found = next((kind for kind in ACTS if kind.value == text), None)
    if found is None:
        raise refusals.UnknownKind
    return found


def about(kind: Kind, params: Mapping[str, Any], name: str) -> str:
    """What the title says of the acts: the person's `name` for a removal, else what the params name."""
    texts = {
        Kind.REMOVAL: name,
        Kind.AMENDMENT: ", ".join(params.get("changes") or ()),
        Kind.BUDGET: params.get("quarter", ""),
        Kind.DISPUTE: params.get("engagement", ""),
        Kind.RESOLUTION: params.get("title", ""),
    }
    text = str(texts[kind])
    return text if len(text) <= ABOUT_MOST else text[: ABOUT_MOST - 1] + "…"
