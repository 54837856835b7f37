"""The addresses of claims. A claim's own address is its reference, so that everything else has two steps."""

from django.urls import path

from treasury.views.claims import deciding, desk, detail, log

app_name = "claims"
urlpatterns = [
    path("", desk.page, name="list"),
    path("picked/approve/", deciding.approve, name="approve"),
    path("picked/preview/", deciding.preview, name="preview"),
    path("picked/one/", deciding.pick_one, name="pick_one"),
    path("hours/log/", log.log, name="log"),
    path("hours/amount/", log.amount, name="amount"),
    path("<str:reference>/", detail.page, name="detail"),
    path("<str:reference>/refuse/", deciding.refuse, name="refuse"),
    path("<str:reference>/change/", log.change, name="change"),
    path("<str:reference>/remove/", log.remove, name="remove"),
]
