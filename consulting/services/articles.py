"""Articles: written by a member, agreed to by the client they are about, published word for word (duty.2.2, why.4)."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import mail
from charter.selectors import timeline
from consulting.models import Article, Engagement
from consulting.refusals.writing import (
    AuthorOnly,
    ClientOnly,
    ConsentMissing,
    NothingToAsk,
    NotInEngagement,
    NotPublished,
    Published,
    TextChanged,
)
from consulting.rules import writing
from consulting.selectors.sides import is_expert
from journal import texts
from journal.services import entries
from members.models import Member
from members.selectors.people import By, actor, is_active

# The address of `consulting:article`; a service does not load every page's module to know its own (a test compares).
PAGE = "/articles/%s/"


def write(
    *,
    author: Member,
    title: str,
    language: str,
    body: str,
    by: By,
    at: datetime,
    engagement: Engagement | None = None,
) -> Article:
    """A draft, about an engagement that the author worked on or about none.

    Raises AuthorOnly, NotInEngagement, TextMissing, TextTooLong, LanguageUnknown.
    """
    title, body = texts.line(title), texts.lines(body)
    writing.check_article(title=title, language=language, body=body)
    with transaction.atomic():
        _require_author(author, by, at)
        if engagement is not None and not is_expert(author, engagement):
            raise NotInEngagement
        article = Article.objects.create(
            author=author,
            engagement=engagement,
            # Nobody guesses the address of a draft.
            slug=f"{slugify(title)[:80] or 'article'}-{secrets.token_hex(4)}",
            title=title,
            language=language,
            body=body,
            digest=writing.text_digest(title=title, language=language, body=body),
            changed_at=at,
        )
        _note(article, "article.write", by, at)
    return article


def change(*, article: Article, title: str, language: str, body: str, by: By, at: datetime) -> Article:
    """Other words; what was asked or agreed to before counts for the words before.

    Raises AuthorOnly, Published, TextMissing, TextTooLong, LanguageUnknown.
    """
    title, body = texts.line(title), texts.lines(body)
    writing.check_article(title=title, language=language, body=body)
    with transaction.atomic():
        article = _own(article, by, at)
        if article.published_at is not None:
            raise Published
        article.title, article.language, article.body, article.changed_at = title, language, body, at
        article.digest = writing.digest_of(article)
        article.save(update_fields=["title", "language", "body", "digest", "changed_at"])
        _note(article, "article.change", by, at)
    return article


def ask(*, article: Article, by: By, at: datetime) -> Article:
    """Asks the client for consent to the words as they stand, by mail. Again for the same words changes nothing.

    Raises AuthorOnly, NothingToAsk.
    """
    with transaction.atomic():
        article = _own(article, by, at)
        client = article.engagement.client.user if article.engagement else None
        if client is None:
            raise NothingToAsk
        if article.asked_digest != article.digest:
            article.asked_digest, article.asked_at = article.digest, at
            article.save(update_fields=["asked_digest", "asked_at"])
            _note(article, "article.ask", by, at)
            _tell_client(article, client, at)
    return article


def consent(*, article: Article, digest: str, by: User, at: datetime) -> Article:
    """The client agrees to the words that were shown, named by their digest. Raises ClientOnly, TextChanged."""
    with transaction.atomic():
        article = _locked(article)
        _require_client(article, by)
        if not digest or not digest == article.digest == article.asked_digest:
            raise TextChanged
        if article.consent_digest != digest:
            article.consent_digest, article.consented_at, article.consented_by = digest, at, by
            article.save(update_fields=["consent_digest", "consented_at", "consented_by"])
            _note(article, "article.consent", by, at)
            _tell_author(article, at)
    return article


def publish(*, article: Article, by: By, at: datetime) -> Article:
    """Shows it to everybody; again changes nothing. Raises AuthorOnly, ConsentMissing."""
    with transaction.atomic():
        article = _own(article, by, at)
        if article.published_at is None:
            if article.engagement_id is not None and article.consent_digest != article.digest:
                raise ConsentMissing
            article.published_at = at
            article.save(update_fields=["published_at"])
            _note(article, "article.publish", by, at)
    return article


def take_back(*, article: Article, by: By, at: datetime) -> Article:
    """Off the public list, by its author, or by the client, whose consent ends. Raises AuthorOnly, NotPublished."""
    with transaction.atomic():
        article = _locked(article)
        client = isinstance(by, User) and article.engagement is not None and article.engagement.client.user_id == by.pk
        if not client:
            _require_author(article.author, by, at)
        if article.published_at is None and not (client and article.consent_digest):
            raise NotPublished
        article.published_at = None
        if client:
            article.consent_digest, article.consented_at, article.consented_by = "", None, None
            article.asked_digest, article.asked_at = "", None
        article.save()
        _note(article, "article.take-back", by, at)
    return article


def _locked(article: Article) -> Article:
    rows = Article.objects.select_for_update(of=("self",)).select_related("author__user", "engagement__client__user")
    return rows.get(pk=article.pk)


def _own(article: Article, by: By, at: datetime) -> Article:
    """The article as it is now, locked; AuthorOnly for anybody but its author."""
    article = _locked(article)
    _require_author(article.author, by, at)
    return article


def _require_author(author: Member, by: By, at: datetime) -> None:
    himself = isinstance(by, str) or by == author or (author.user_id is not None and by == author.user)
    if not himself or not is_active(author, timeline().day_of(at)):
        raise AuthorOnly


def _require_client(article: Article, by: User) -> None:
    if article.engagement is None or article.engagement.client.user_id != by.pk:
        raise ClientOnly


def _tell_client(article: Article, client: User, at: datetime) -> None:
    with translation.override(client.language or settings.LANGUAGE_CODE):
        words = {"title": article.title, "name": article.author.name, "url": _page(article)}
        _mail(
            client,
            _("May this be published? %(title)s") % words,
            _(
                "%(name)s wrote an article about the work for you: %(title)s.\n\nIt is published only if you agree to "
                "its words. Read it here:\n%(url)s\n"
            )
            % words,
            key=f"article/{article.pk}/asked/{article.digest[:16]}",
            at=at,
        )


def _tell_author(article: Article, at: datetime) -> None:
    user = article.author.user
    if user is None:
        return
    with translation.override(user.language or settings.LANGUAGE_CODE):
        words = {"title": article.title, "url": _page(article)}
        _mail(
            user,
            _("Your client agreed: %(title)s") % words,
            _("You can publish the article %(title)s now:\n%(url)s\n") % words,
            key=f"article/{article.pk}/agreed/{article.digest[:16]}",
            at=at,
        )


def _page(article: Article) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{PAGE % article.slug}"


def _mail(to: User, subject: str, text: str, *, key: str, at: datetime) -> None:
    mail.put(to=to.email, subject=subject, text=text, sender=settings.DEFAULT_FROM_EMAIL, key=key, at=at)


def _note(article: Article, verb: str, by: By, at: datetime) -> None:
    order = article.engagement.reference if article.engagement else None
    entries.append(
        actor=actor(by),
        verb=verb,
        subject=f"article/{article.pk}",
        data={"author": article.author.handle, "engagement": order, "digest": article.digest},
        at=at,
    )
