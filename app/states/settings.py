"""How a proposal of new values of settings stands."""

from __future__ import annotations

from app.states.word import Moves, Word


class ProposalState(Word):
    """Where a proposal is on its way to hold."""

    OPEN = "open"  # it waits for a second person
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"  # before anybody had decided
    STOPPED = "stopped"  # approved, and stopped before its day


PROPOSAL_MOVES: Moves[ProposalState] = {
    ProposalState.OPEN: (ProposalState.APPROVED, ProposalState.REFUSED, ProposalState.TAKEN_BACK),
    ProposalState.APPROVED: (ProposalState.STOPPED,),
}
