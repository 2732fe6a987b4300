"""The payment providers that the settings name, by their name."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.app.errors import Refusal
from bot.app.settings import Settings
from bot.flows.ports.paying import PaymentProvider
from bot.flows.ports.transactions import Clock
from bot.payments.alipay_wap import GATEWAY as ALIPAY
from bot.payments.alipay_wap import AlipayWap
from bot.payments.sandbox_provider import SandboxProvider
from bot.payments.stripe_checkout import StripeCheckout
from bot.payments.wechat_pay import GATEWAY as WECHAT
from bot.payments.wechat_pay import Merchant, WechatPay

#: Where a form that begins a payment may lead, besides the stand-ins that settings name.
_PAGES = {
    "stripe": ("https://checkout.stripe.com",),
    "alipay": ("https://openapi.alipay.com", "https://*.alipay.com"),
    "wechat": ("https://wx.tenpay.com",),
    "sandbox": (),
}


def providers_for(settings: Settings, clock: Clock) -> dict[str, PaymentProvider]:
    """Every provider that is configured, in the order the debtor's page offers them.

    Raises Refusal for keys that cannot be read.
    """
    made = (
        _alipay(settings, clock),
        _wechat(settings),
        _stripe(settings),
        _sandbox(settings),
    )
    return {provider.name: provider for provider in made if provider is not None}


def origins(settings: Settings, providers: dict[str, PaymentProvider]) -> tuple[str, ...]:
    """Origins of the providers' pages, for the page's `form-action`."""
    own = [origin for name in providers for origin in _PAGES[name]]
    stand_ins = (
        settings.sandbox_pay_url,
        settings.stripe_api_base_url,
        settings.alipay_gateway_url,
        settings.wechat_pay_base_url,
    )
    parts = [urlsplit(url) for url in stand_ins if url]
    own += [f"{part.scheme}://{part.netloc}" for part in parts]
    return tuple(dict.fromkeys(own))


def _sandbox(settings: Settings) -> SandboxProvider | None:
    secret = settings.sandbox_pay_secret
    if not (settings.sandbox_pay_url and settings.sandbox_pay_key and secret):
        return None
    return SandboxProvider(
        settings.sandbox_pay_url,
        settings.sandbox_pay_key,
        secret.get_secret_value(),
        _notify(settings, SandboxProvider.name),
    )


def _stripe(settings: Settings) -> StripeCheckout | None:
    key, secret = settings.stripe_api_key, settings.stripe_webhook_secret
    if not (key and secret):
        return None
    return StripeCheckout(
        key.get_secret_value(),
        secret.get_secret_value(),
        base_url=settings.stripe_api_base_url,
    )


def _alipay(settings: Settings, clock: Clock) -> AlipayWap | None:
    own, theirs = settings.alipay_private_key, settings.alipay_public_key
    if not (settings.alipay_app_id and own and theirs):
        return None
    try:
        return AlipayWap(
            settings.alipay_app_id,
            own.get_secret_value(),
            theirs,
            _notify(settings, AlipayWap.name),
            clock,
            gateway=settings.alipay_gateway_url or ALIPAY,
        )
    except ValueError as wrong:
        raise Refusal(
            f"ALIPAY_PRIVATE_KEY or ALIPAY_PUBLIC_KEY: {wrong}",
            "give PEM text, or the path of a file that holds it",
        ) from wrong


def _wechat(settings: Settings) -> WechatPay | None:
    key, own = settings.wechat_pay_api_key, settings.wechat_pay_private_key
    if not (settings.wechat_pay_merchant_id and key and own):
        return None
    merchant = Merchant(
        settings.wechat_pay_merchant_id,
        settings.wechat_pay_app_id or "",
        key.get_secret_value(),
        own.get_secret_value(),
        settings.wechat_pay_certificate_serial or "",
        settings.wechat_pay_platform_key or "",
        settings.wechat_pay_platform_key_id or "",
    )
    try:
        return WechatPay(
            merchant,
            _notify(settings, WechatPay.name),
            gateway=settings.wechat_pay_base_url or WECHAT,
        )
    except ValueError as wrong:
        raise Refusal(
            f"WECHAT_PAY_PRIVATE_KEY or WECHAT_PAY_PLATFORM_KEY: {wrong}",
            "give PEM text, or the path of a file that holds it",
        ) from wrong


def _notify(settings: Settings, name: str) -> str:
    return f"{settings.public_url}/webhooks/payments/{name}"
