"""Roles of the desk and the rights they may hold; which role holds which is data (`bot/policy`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person of the desk is; stored with the person."""

    COLLECTOR = "collector"
    LEAD = "lead"
    COMPLIANCE = "compliance"
    OPERATIONS = "operations"
    ADMIN = "admin"


class Right(StrEnum):
    """One thing somebody may do in the console. `OWN` is everybody's: one's own account."""

    OWN = "own"
    SEE = "see"  #: the queue and cases, masked
    CLAIM = "claim"
    ANSWER = "answer"  #: work on a case: notes, replies, links, plans, asking for reductions
    CORRECT = "correct"  #: readings of replies
    REVEAL = "reveal"  #: names, numbers, files and recordings in full
    ASSIGN = "assign"
    MERGE = "merge"  #: two cases of one person become one, for good
    BANK = "bank"  #: bank statements and their lines
    FIGURES = "figures"  #: dashboard
    EXPORT = "export"
    COMPLAINTS = "complaints"
    SCRIPTS = "scripts"  #: propose scripts, see them linted
    OPERATE = "operate"  #: portfolios, ledgers, dry runs, senders
    PAUSE = "pause"  #: stop all sending, and start it again
    APPROVE_REDUCTION = "approve_reduction"
    APPROVE_SCRIPT = "approve_script"
    APPROVE_LIVE = "approve_live"  #: switching a portfolio to live mode
    AUDIT = "audit"
    MANAGE = "manage"  #: people, roles, sessions
    CLOCK = "clock"  #: the clock of test mode


#: Role → rights; complete for every role.
Rights = Mapping[Role, frozenset[Right]]
