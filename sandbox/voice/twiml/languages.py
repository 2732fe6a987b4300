"""Which languages and voices the verbs take.

Sources: Twilio, "TwiML Voice: Gather" (languageCode tags) and "TwiML Voice: Say" (supported
languages and voices). Chinese is complete; other languages are there so that a document that uses
them is not called wrong.
"""

import re

GATHER = frozenset(
    """
    af-ZA am-ET ar-AE ar-BH ar-DZ ar-EG ar-IL ar-IQ ar-JO ar-KW ar-LB ar-MA ar-OM ar-PS ar-QA
    ar-SA ar-TN az-AZ bg-BG bn-BD bn-IN ca-ES cs-CZ da-DK de-DE el-GR en-AU en-CA en-GB en-GH
    en-IE en-IN en-KE en-NG en-NZ en-PH en-TZ en-US en-ZA es-AR es-BO es-CL es-CO es-CR es-DO
    es-EC es-ES es-GT es-HN es-MX es-NI es-PA es-PE es-PR es-PY es-SV es-US es-UY es-VE eu-ES
    fa-IR fi-FI fil-PH fr-CA fr-FR gl-ES gu-IN he-IL hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT
    ja-JP jv-ID ka-GE km-KH kn-IN ko-KR lo-LA lt-LT lv-LV ml-IN mr-IN ms-MY nb-NO ne-NP nl-NL
    pl-PL pt-BR pt-PT ro-RO ru-RU si-LK sk-SK sl-SI sr-RS su-ID sv-SE sw-KE sw-TZ ta-IN ta-LK
    ta-MY ta-SG te-IN th-TH tr-TR uk-UA ur-IN ur-PK vi-VN zu-ZA cmn-Hans-CN cmn-Hans-HK
    cmn-Hant-TW yue-Hant-HK
    """.split()  # noqa: SIM905
)
SAY = frozenset(
    """
    ar-AE arb bg-BG ca-ES cs-CZ cy-GB da-DK de-AT de-DE el-GR en-AU en-CA en-GB en-GB-WLS en-IE
    en-IN en-NZ en-US en-ZA es-ES es-MX es-US fi-FI fil-PH fr-BE fr-CA fr-FR gu-IN hi-IN hu-HU
    id-ID is-IS it-IT ja-JP kn-IN ko-KR lv-LV ml-IN ms-MY nb-NO nl-BE nl-NL pl-PL pt-BR pt-PT
    ro-RO ru-RU sk-SK sr-RS sv-SE ta-IN te-IN th-TH tr-TR uk-UA vi-VN cmn-CN cmn-TW yue-HK
    zh-CN zh-HK zh-TW
    """.split()  # noqa: SIM905
)
_CHINESE_POLLY = {
    "cmn-CN": {"Polly.Zhiyu", "Polly.Zhiyu-Neural"},
}
"""Hiujin is missing: Amazon lists her under yue-CN, which `<Say>` does not name. With yue-HK the pair
may fail as any that does not match (Twilio, "TwiML Voice: Say", language)."""
_CHINESE_POLLY["zh-CN"] = _CHINESE_POLLY["cmn-CN"]
_POLLY = re.compile(r"Polly\.[A-Z][a-z]+(-(Neural|Generative|Long-Form))?")
_GOOGLE = re.compile(
    r"Google\.([a-z]{2,3}-[A-Z]{2})-(Standard|Wavenet|Neural2|Studio|News|Polyglot|Journey"
    r"|Chirp-HD|Chirp3-HD)-[A-Z][A-Za-z]*"
)
_BASIC = frozenset({"man", "woman", "alice"})


def is_voice(voice: str, language: str = "") -> bool:
    """Whether `voice` exists, as far as its shape tells, and speaks `language` ("": any).

    Chinese voices of Amazon Polly are known by name; Google's carry their language.
    """
    if voice in _BASIC:
        return True
    if google := _GOOGLE.fullmatch(voice):
        return not language or _same(google.group(1), language)
    if not _POLLY.fullmatch(voice):
        return False
    if language.split("-", maxsplit=1)[0] in {"cmn", "yue", "zh"}:
        return voice in _CHINESE_POLLY.get(language, set())
    return True


def _same(one: str, other: str) -> bool:
    return one == other or {one, other} in ({"cmn-CN", "zh-CN"}, {"yue-HK", "zh-HK"})
