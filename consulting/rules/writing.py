"""Texts that people publish here: how they are measured and bound by a digest."""

from django.utils.translation import gettext as _

from consulting.models.articles import BODY_LONGEST, REVIEW_LONGEST, Article
from consulting.refusals import LanguageUnknown
from consulting.refusals.writing import TextMissing, TextTooLong
from consulting.rules.offering import LANGUAGES
from journal.hashing import digest

TITLE_LONGEST = 160


def check_article(*, title: str, language: str, body: str) -> None:
    """A title, a known language, words, none of them too long; TextMissing, TextTooLong, LanguageUnknown."""
    for field, text, most in (("title", title, TITLE_LONGEST), ("body", body, BODY_LONGEST)):
        check_length(field, text, most)
    if language not in LANGUAGES:
        raise LanguageUnknown(field="language")


def check_length(field: str, text: str, most: int = REVIEW_LONGEST) -> None:
    """TextMissing, TextTooLong."""
    if not text.strip():
        raise TextMissing(field=field)
    if len(text) > most:
        raise TextTooLong(_("At most %(most)s characters, please.") % {"most": f"{most:,}"}, field=field)


def text_digest(*, title: str, language: str, body: str) -> str:
    """What a client agrees to: domain `article` over title, language and body."""
    return digest("article", {"title": title, "language": language, "body": body})


def digest_of(article: Article) -> str:
    """The digest of an article's words as they stand."""
    return text_digest(title=article.title, language=article.language, body=article.body)
