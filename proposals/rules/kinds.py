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
    Kind.OBJECTION: "proposals.assess",
    Kind.ELECTION: "members.seat_leader",
}
# Of the kinds that are put forward elsewhere.
OTHER_ACTS = {Kind.ADMISSION: "members.admit"}
# What everybody may read at once; what concerns a person or a client is the members' until then. An objection that
# remains is made public (duty.1.8.1).
OPEN_WORDS = frozenset((Kind.AMENDMENT, Kind.BUDGET, Kind.RESOLUTION, Kind.OBJECTION))


def kind_of(text: str) -> Kind:
    """The kind of a word in an address; UnknownKind if none of these is drafted."""
    found = next((kind for kind in ACTS if kind.value == text), None)
    if found is None:
        raise refusals.UnknownKind
    return found


def act_of(kind: str) -> str:
    """The key of the act that a kind of proposal puts to the vote."""
    return (OTHER_ACTS | ACTS)[Kind(kind)]


def may_steer(kind: str, *, own: bool, leads: bool) -> bool:
    """Whether a member takes a proposal back, or asks for a later deadline or a cancellation: who put it forward
    (`own`) or who leads the group. Who leads has no hand in the election of the next leader.
    """
    return own or (leads and kind != Kind.ELECTION)


def amended(params: Mapping[str, Any]) -> list[str]:
    """What an amendment names: keys of settings, then ids of clauses, each once."""
    clauses = [key.partition("/")[0] for key in params.get("texts") or ()]
    return [*sorted(params.get("changes") or ()), *dict.fromkeys(clauses)]


def about(kind: Kind, params: Mapping[str, Any], name: str) -> str:
    """What the title says of the acts: the person's `name` for a removal, else what the params name."""
    texts = {
        Kind.REMOVAL: name,
        Kind.AMENDMENT: ", ".join(amended(params)),
        Kind.BUDGET: params.get("quarter", ""),
        Kind.DISPUTE: params.get("engagement", ""),
        Kind.RESOLUTION: params.get("title", ""),
        Kind.OBJECTION: params.get("project", ""),
        # The first day of the term that somebody is elected for.
        Kind.ELECTION: params.get("starts_on", ""),
    }
    text = str(texts[kind])
    return text if len(text) <= ABOUT_MOST else text[: ABOUT_MOST - 1] + "…"
