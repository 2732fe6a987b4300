"""The Account and its numbers: what a set-up check reads."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from sandbox.clock import rfc2822
from sandbox.numbers import readable
from sandbox.rest.door import PREFIX, check_credentials, document, error_document, log_read
from sandbox.settings import Settings
from sandbox.sms.errors import Refusal
from sandbox.sms.inbound import Inbound
from sandbox.sms.message import API_VERSION
from sandbox.voice.numbers import VoiceNumbers


def accounts_api(settings: Settings, inbound: Inbound, voice: VoiceNumbers) -> Blueprint:
    """The blueprint."""
    bp = Blueprint("accounts", __name__, url_prefix=PREFIX)
    born, journal = inbound.clock.now(), inbound.journal

    @bp.get("/<account>.json")
    def account_resource(account: str) -> Response:
        return read("account", account, lambda: _account(account))

    @bp.get("/<account>/IncomingPhoneNumbers.json")
    def numbers(account: str) -> Response:
        return read("numbers", account, lambda: _numbers(account))

    def read(op: str, account: str, body_of: Callable[[], dict[str, Any]]) -> Response:
        try:
            check_credentials(settings, account)
            answer = document(body_of())
        except Refusal as refusal:
            answer = error_document(refusal)
        log_read(journal, op, answer)
        return answer

    def _account(account: str) -> dict[str, Any]:
        uri = f"/{API_VERSION}/Accounts/{account}"
        return {
            "sid": account,
            "friendly_name": "yuehuan sandbox",
            "status": "active",
            "type": "Full",
            "auth_token": "",
            "owner_account_sid": account,
            "date_created": rfc2822(born),
            "date_updated": rfc2822(born),
            "uri": f"{uri}.json",
            "subresource_uris": {
                "calls": f"{uri}/Calls.json",
                "messages": f"{uri}/Messages.json",
                "incoming_phone_numbers": f"{uri}/IncomingPhoneNumbers.json",
            },
        }

    def _numbers(account: str) -> dict[str, Any]:
        wanted = request.args.get("PhoneNumber", "")
        owned = [n for n in settings.sender_list if wanted in n]
        path = f"{request.path}?PageSize=50"
        return {
            "incoming_phone_numbers": [_number(account, n) for n in owned],
            "first_page_uri": f"{path}&Page=0",
            "next_page_uri": None,
            "previous_page_uri": None,
            "uri": path,
            "page": 0,
            "page_size": 50,
            "start": 0,
            "end": max(0, len(owned) - 1),
        }

    def _number(account: str, number: str) -> dict[str, Any]:
        sid = "PN" + number.lstrip("+").zfill(32)
        return {
            "sid": sid,
            "account_sid": account,
            "api_version": API_VERSION,
            "phone_number": number,
            "friendly_name": readable(number),
            "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
            "sms_url": inbound.urls.get(number, inbound.url),
            "sms_method": "POST",
            "voice_url": voice.url_of(number),
            "voice_method": "POST",
            "status_callback": voice.status_url,
            "status_callback_method": "POST",
            "status": "in-use",
            "date_created": rfc2822(born),
            "date_updated": rfc2822(born),
            "uri": f"/{API_VERSION}/Accounts/{account}/IncomingPhoneNumbers/{sid}.json",
        }

    return bp
