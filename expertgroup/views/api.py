"""The API's root."""

from django.urls import reverse
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

PARTS = (
    "me",
    "members",
    "applications",
    "proposals",
    "claims",
    "approvals",
    "budgets",
    "balances",
    "ledger",
    "charter",
    "journal",
    "engagements",
    "experts",
    "bookings",
    "articles",
    "invoices",
    "payments",
    "quotes",
    "wallets",
)


class Root(APIView):
    """Where the parts of the API are."""

    permission_classes = (AllowAny,)
    schema = None

    def get(self, request: Request) -> Response:
        """Addresses by name."""
        base = reverse("api:root")
        places = {name: f"{base}{name}/" for name in PARTS}
        return Response(places | {"schema": reverse("api-schema")})
