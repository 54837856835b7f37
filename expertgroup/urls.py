"""Every address: each app's own, the API, the admin and the pages that join apps."""

from django.contrib import admin
from django.urls import include, path

from accounts.views.settings import set_language
from expertgroup.views import today
from expertgroup.views.health import healthz
from proposals.views import dossiers

handler400 = "expertgroup.views.errors.bad_request"
handler403 = "expertgroup.views.errors.permission_denied"
handler404 = "expertgroup.views.errors.page_not_found"
handler500 = "expertgroup.views.errors.server_error"

urlpatterns = [
    path("", today.today, name="today"),
    path("", include("accounts.urls")),
    path("accounts/", include("accounts.sign_in_urls")),
    path("language/", set_language, name="set_language"),
    path("", include("members.urls")),
    path("", include("consulting.urls")),
    path("charter/", include("charter.urls")),
    path("journal/", include("journal.urls")),
    path("verify.py", dossiers.script, name="verify"),
    path("proposals/", include("proposals.urls")),
    path("claims/", include("treasury.urls.claims")),
    path("treasury/", include("treasury.urls.treasury")),
    path("admin/", admin.site.urls),
    path("api/", include("expertgroup.api_urls")),
    path("healthz", healthz, name="healthz"),
]
