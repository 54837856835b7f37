"""The addresses of applying, applications and members."""

from django.urls import path

from members.views import applying, deciding, members

app_name = "members"
urlpatterns = [
    path("apply/", applying.start, name="apply"),
    path("apply/<slug:key>/", applying.step, name="apply-step"),
    path("application/", applying.own, name="own"),
    path("application/withdraw/", applying.withdraw, name="withdraw"),
    path("applications/", deciding.listing, name="applications"),
    path("applications/<int:pk>/", deciding.detail, name="application"),
    path("applications/<int:pk>/builder/", deciding.confirm_builder, name="confirm-builder"),
    path("applications/<int:pk>/interview/", deciding.interview, name="interview"),
    path("members/", members.listing, name="list"),
    path("members/leave/", members.leave, name="leave"),
    path("members/absence/", members.absence, name="absence"),
    path("members/absence/<int:pk>/end/", members.back, name="back"),
]
