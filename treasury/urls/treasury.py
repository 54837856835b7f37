"""The addresses of the treasury."""

from django.urls import path

from treasury.views import grants, ledger, months, overview, runs

app_name = "treasury"
urlpatterns = [
    path("", overview.page, name="overview"),
    path("ledger/", ledger.page, name="ledger"),
    path("ledger.csv", ledger.as_csv, name="ledger_csv"),
    path("ledger.json", ledger.as_json, name="ledger_json"),
    path("grants/new/", grants.page, name="grant"),
    path("grants/suggestion/", grants.suggestion, name="suggestion"),
    path("months/<str:month>/", months.page, name="month"),
    path("months/<str:month>/progress/", months.progress, name="progress"),
    path("months/<str:month>/run/", runs.page, name="run"),
    path("months/<str:month>/lines.csv", months.as_csv, name="month_csv"),
    path("months/<str:month>/lines.json", months.as_json, name="month_json"),
]
