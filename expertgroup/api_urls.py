"""The API's addresses: each app says its own, here they get the common prefix."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

from expertgroup import schema  # noqa: F401 (registers how the schema names our sign-in)
from expertgroup.views.api import Root

v1: list[URLPattern | URLResolver] = [
    path("", Root.as_view(), name="root"),
    path("", include("members.api")),
    path("", include("charter.api")),
    path("", include("journal.api")),
    path("", include("proposals.api")),
    path("", include("treasury.api")),
    path("", include("consulting.api")),
]
urlpatterns = [
    path("v1/", include((v1, "api"))),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
]
