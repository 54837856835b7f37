"""Claims, budgets, the ledger and the months in the API: the same services, rules and words as on the pages."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, status
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import user_of
from members.models import Member
from members.selectors import people
from treasury import serializers as shapes
from treasury.models import Balance, Budget, Claim, Transfer
from treasury.refusals import MembersOnly, UnreadableMonth
from treasury.rules import claims as rules
from treasury.rules.claims import Work
from treasury.rules.months import Month
from treasury.selectors import listings, payouts
from treasury.selectors.pages import ledger, months
from treasury.selectors.pages.claim import found
from treasury.selectors.pages.ledger import Filter
from treasury.selectors.pages.readers import Reader, reader
from treasury.services import budgets, claims
from treasury.services.payouts import start
from treasury.views.readers import Visit, visit


def _member(request: Request) -> Member:
    member = people.member_of(user_of(request))
    if member is None:
        raise MembersOnly
    return member


def _reader(request: Request, seen: Visit) -> Reader:
    """Who reads claims: members, and former members their own."""
    return reader(_member(request), seen.roles, seen.today)


def _claim(request: Request, reference: str) -> Claim:
    claim = found(reference, _reader(request, visit(request)))
    if claim is None:
        raise NotFound
    return claim


def _work(request: Request) -> tuple[Work, bool]:
    """What was sent as the rules read it, and whether to send the claim at once."""
    typed = shapes.WorkSerializer(data=request.data)
    typed.is_valid(raise_exception=True)
    given = typed.validated_data
    work = Work(
        worked_on=given["worked_on"],
        hours_centi=rules.hours_centi(given["hours"]),
        project=given["project"],
        description=given["description"],
        evidence_url=given["evidence_url"],
    )
    return work, given["send"]


def _shown(claim: Claim) -> dict[str, Any]:
    return dict(shapes.ClaimSerializer(claim).data)


class ClaimsView(generics.ListAPIView[Claim]):
    """Claims, for members."""

    permission_classes = (IsAuthenticated,)
    serializer_class = shapes.ClaimSerializer
    queryset = listings.no_claims()

    def get_queryset(self) -> QuerySet[Claim]:
        """What the reader sees, filtered."""
        asked = self.request.query_params
        return listings.claims(
            _reader(self.request, visit(self.request)),
            state=asked.get("state", ""),
            handle=asked.get("handle", ""),
            waiting_for_me=asked.get("waiting_for_me") == "true",
        )

    @extend_schema(
        parameters=[
            OpenApiParameter("state", enum=list(Claim.Status.values)),
            OpenApiParameter("handle", description="Of this member"),
            OpenApiParameter("waiting_for_me", bool, description="Those that the reader decides"),
        ]
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What was sent, and one's own drafts; the newest day first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(request=shapes.WorkSerializer, responses={201: shapes.ClaimSerializer})
    def post(self, request: Request) -> Response:
        """Logs hours as a draft, or sends them at once."""
        work, send = _work(request)
        claim = claims.log(work=work, by=_member(request), at=visit(request).at, send=send)
        return Response(_shown(claim), status=status.HTTP_201_CREATED)


class ClaimView(APIView):
    """One claim."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(responses=shapes.ClaimSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """As members see it; a draft is its author's alone."""
        return Response(_shown(_claim(request, reference)))

    @extend_schema(request=shapes.WorkSerializer, responses=shapes.ClaimSerializer)
    def put(self, request: Request, reference: str) -> Response:
        """Changes one's own draft, and sends it if told so."""
        claim = _claim(request, reference)
        work, send = _work(request)
        changed = claims.change(claim=claim, work=work, by=_member(request), at=visit(request).at, send=send)
        return Response(_shown(changed))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str) -> Response:
        """Throws one's own draft away."""
        claims.remove(claim=_claim(request, reference), by=_member(request), at=visit(request).at)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SubmitView(APIView):
    """Sending a claim."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=None, responses=shapes.ClaimSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Sends one's own draft; it stays as it is from now on."""
        claim = _claim(request, reference)
        return Response(_shown(claims.submit(claim=claim, by=_member(request), at=visit(request).at)))


class RefusalView(APIView):
    """Refusing a claim."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.ReasonSerializer, responses=shapes.ClaimSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Refuses a waiting claim, with a reason that its member reads."""
        claim = _claim(request, reference)
        typed = shapes.ReasonSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        reason = typed.validated_data["reason"]
        return Response(_shown(claims.refuse(claim=claim, reason=reason, by=_member(request), at=visit(request).at)))


class ApprovalsView(APIView):
    """Approving claims together."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.PickSerializer, responses=shapes.ClaimSerializer(many=True))
    def post(self, request: Request) -> Response:
        """Approves all of these claims within their quarters' budgets, or none of them."""
        typed = shapes.PickSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        wanted = sorted(set(typed.validated_data["claims"]))
        seen = visit(request)
        ids = listings.ids_of(wanted, _reader(request, seen))
        if len(ids) < len(wanted):
            raise NotFound
        approved = claims.approve_many(claims=ids, by=_member(request), at=seen.at)
        return Response([_shown(claim) for claim in approved])


class BudgetsView(generics.ListAPIView[Budget]):
    """Quarterly budgets: everybody reads them, the treasurer grants."""

    permission_classes = (IsAuthenticatedOrReadOnly,)
    serializer_class = shapes.BudgetSerializer
    queryset = listings.budgets()

    @extend_schema(request=shapes.BudgetSerializer, responses={201: shapes.BudgetSerializer})
    def post(self, request: Request) -> Response:
        """Grants a quarter its budget, once, and moves it from the DAO to the pool."""
        typed = shapes.BudgetSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        budget = budgets.grant(**typed.validated_data, by=user_of(request), at=visit(request).at)
        return Response(shapes.BudgetSerializer(budget).data, status=status.HTTP_201_CREATED)


class BalancesView(generics.ListAPIView[Balance]):
    """What every account holds."""

    permission_classes = (AllowAny,)
    serializer_class = shapes.BalanceSerializer
    queryset = listings.balances()


class LedgerView(generics.ListAPIView[Transfer]):
    """The ledger's transfers, newest first."""

    permission_classes = (AllowAny,)
    serializer_class = shapes.TransferSerializer
    queryset = ledger.transfers(Filter()).order_by("-id")

    def get_queryset(self) -> QuerySet[Transfer]:
        """Of one account, of accounts of a kind, of an asset; or all."""
        asked = self.request.query_params
        chosen = Filter(*(asked.get(name, "") for name in ("kind", "owner", "asset")))
        return ledger.transfers(chosen).order_by("-id")

    @extend_schema(parameters=[OpenApiParameter(name) for name in ("kind", "owner", "asset")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        return super().get(request, *args, **kwargs)


def _month(text: str, seen: Visit) -> Month:
    """A month of the group; 404 for one that it has not, or that is none."""
    try:
        month = Month.parse(text)
    except UnreadableMonth as unreadable:
        raise NotFound from unreadable
    if not months.exists(month, seen.today):
        raise NotFound
    return month


class MonthView(APIView):
    """A month."""

    permission_classes = (AllowAny,)

    @extend_schema(responses=shapes.MonthSerializer)
    def get(self, request: Request, month: str) -> Response:
        """Where it stands, with sums and seals."""
        seen = visit(request)
        asked = _month(month, seen)
        sums, found_runs = months.sums_of(asked), payouts.runs(str(asked))
        shown = {
            "month": str(asked),
            "state": months.state(asked, seen.today, months.progress_of(found_runs), sums.due.lines).value,
            "posted": sums.posted,
            "due": sums.due,
            "runs": found_runs,
        }
        return Response(shapes.MonthSerializer(shown).data)


class LinesView(APIView):
    """A month's lines."""

    permission_classes = (AllowAny,)

    @extend_schema(
        parameters=[OpenApiParameter("after", description="Payees after this handle, in byte order")],
        responses=shapes.LinesSerializer,
    )
    def get(self, request: Request, month: str) -> Response:
        """Posted lines and corrections, then those not yet posted, of a hundred payees at a time."""
        asked = _month(month, visit(request))
        after = request.query_params.get("after", "")
        _names, upto, further = months.span(after)
        lines = payouts.lines(str(asked), after=after, upto=upto)
        return Response(shapes.LinesSerializer({"lines": lines, "after": further}).data)


class RunsView(APIView):
    """Runs over a month."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(request=shapes.StartSerializer, responses={202: shapes.RunSerializer})
    def post(self, request: Request, month: str) -> Response:
        """Starts a run of exactly the lines that were seen; a worker posts them."""
        seen = visit(request)
        typed = shapes.StartSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        asked = _month(month, seen)
        run = start(month=str(asked), by=user_of(request), at=seen.at, seal=typed.validated_data["seal"])
        return Response(shapes.RunSerializer(run).data, status=status.HTTP_202_ACCEPTED)


urlpatterns = [
    path("claims/", ClaimsView.as_view(), name="claims"),
    path("claims/<str:reference>/", ClaimView.as_view(), name="claim"),
    path("claims/<str:reference>/submit/", SubmitView.as_view(), name="claim-submit"),
    path("claims/<str:reference>/refusal/", RefusalView.as_view(), name="claim-refusal"),
    path("approvals/", ApprovalsView.as_view(), name="approvals"),
    path("budgets/", BudgetsView.as_view(), name="budgets"),
    path("balances/", BalancesView.as_view(), name="balances"),
    path("ledger/", LedgerView.as_view(), name="ledger"),
    path("months/<str:month>/", MonthView.as_view(), name="month"),
    path("months/<str:month>/lines/", LinesView.as_view(), name="month-lines"),
    path("months/<str:month>/runs/", RunsView.as_view(), name="month-runs"),
]
