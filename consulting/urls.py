"""The addresses of experts and of their own offer."""

from django.urls import path

from consulting.views import calendars, experts, offering

app_name = "consulting"
urlpatterns = [
    path("experts/", experts.directory, name="experts"),
    path("match/", experts.match, name="match"),
    path("experts/<slug:handle>/", experts.detail, name="expert"),
    path("settings/calendar/", calendars.settings, name="calendar"),
    path("calendar/<str:token>.ics", calendars.feed, name="feed"),
    path("settings/offering/", offering.offering, name="offering"),
    path("settings/offering/publish/", offering.publish, name="publish"),
    path("settings/offering/hours/", offering.add_hours, name="add-hours"),
    path("settings/offering/days/", offering.add_day, name="add-day"),
    path("settings/offering/calendars/", offering.add_calendar, name="add-calendar"),
    path("settings/offering/work/", offering.add_work, name="add-work"),
    path("settings/offering/<slug:kind>/<int:pk>/remove/", offering.remove, name="remove"),
]
