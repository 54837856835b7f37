"""The addresses of the journal."""

from django.urls import path

from journal import views

app_name = "journal"
urlpatterns = [
    path("", views.page, name="page"),
    path("feed/", views.feed, name="feed"),
]
