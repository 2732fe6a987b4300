"""Control API: invite a crowd of simulated debtors and let them act."""

from typing import Any

from flask import Blueprint, Response

from sandbox.bad_input import BadInputError, json_object, number_of
from sandbox.debtors.crowd import Crowd
from sandbox.debtors.memory import Memory, memories_from
from sandbox.exchange import Exchange
from sandbox.rest.door import document

LARGEST_SEED = 2**31


def debtors_api(exchange: Exchange) -> Blueprint:
    """The blueprint. There is no crowd until one is invited."""
    bp = Blueprint("debtors", __name__)
    crowds: list[Crowd] = []

    @bp.put("/debtors")
    def invite() -> Response:
        body = json_object()
        seed = int(number_of(body, "seed", 1, 0, LARGEST_SEED))
        crowds[:] = [Crowd(exchange, seed, _known(body))]
        return document({"seed": seed})

    @bp.delete("/debtors")
    def send_home() -> Response:
        crowds.clear()
        return document({"status": "gone"})

    @bp.post("/debtors/act")
    def act() -> Response:
        if not crowds:
            raise BadInputError("debtors", "invite them first: PUT /sandbox/debtors", 409)
        return document(crowds[0].act())

    return bp


def _known(body: dict[str, Any]) -> dict[str, Memory]:
    known = body.get("know", {})
    if not isinstance(known, dict):
        raise BadInputError("know", 'know is {"+86…": {"id_last4": "1234", "contract": "HT01"}}')
    try:
        return memories_from(known)
    except ValueError as error:
        raise BadInputError("know", str(error)) from error
