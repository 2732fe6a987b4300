"""The pages' sentences: complete in every locale, free of what the product refuses to say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.scripts.page_words import PageWordsError, load_page_words
from bot.scripts.rulebook import load_rulebook
from bot.scripts.wording import scripts_root

PAGES = sorted((scripts_root() / "pages").glob("*.yaml"))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_says_nothing_that_is_forbidden(path: Path) -> None:
    forbidden = load_rulebook(scripts_root()).forbidden
    words = load_page_words(path)
    for locale, sentences in words.locales.items():
        for key, sentence in sentences.items():
            assert list(forbidden.hits(sentence)) == [], f"{locale}.{key}"


def test_a_locale_that_lacks_a_sentence_is_refused_by_name(tmp_path: Path) -> None:
    page = tmp_path / "page.yaml"
    page.write_text(
        "zh-CN: {a: '好{x}', b: '好'}\nzh-TW: {a: '好{x}'}\nzh-HK: {a: '好{x}', b: '好'}\n"
        "en: {a: 'good {x}', b: good}\n"
    )
    with pytest.raises(PageWordsError, match=r"page.yaml: zh-TW: b "):
        load_page_words(page)


def test_other_placeholders_are_refused_by_name(tmp_path: Path) -> None:
    page = tmp_path / "page.yaml"
    page.write_text(
        "zh-CN: {a: '好{x}'}\nzh-TW: {a: '好{y}'}\nzh-HK: {a: '好{x}'}\nen: {a: '{x}'}\n"
    )
    with pytest.raises(PageWordsError, match=r"zh-TW: a .*placeholders"):
        load_page_words(page)


def test_a_missing_locale_is_refused_and_an_unknown_one_reads_mainland(tmp_path: Path) -> None:
    page = tmp_path / "page.yaml"
    page.write_text("zh-CN: {a: '好'}\nzh-TW: {a: '好'}\n")
    with pytest.raises(PageWordsError, match="zh-HK is missing"):
        load_page_words(page)
    assert load_page_words(PAGES[0]).say("en-GB", "title") == "还款"
