"""The addresses of experts and of their own offer."""

from django.urls import path

from consulting.views import agenda, billing, bookings, calendars, experts, offering, portal, quotes

app_name = "consulting"
urlpatterns = [
    path("experts/<slug:handle>/quote/", quotes.ask, name="ask-quote"),
    path("quotes/", quotes.listed, name="quotes"),
    path("quotes/<slug:token>/", quotes.quote, name="quote"),
    path("quotes/<slug:token>/prove/", quotes.prove, name="prove-quote"),
    path("quotes/<slug:token>/accept/", quotes.accept, name="accept-quote"),
    path("quotes/<slug:token>/decline/", quotes.decline, name="decline-quote"),
    path("quotes/<slug:number>/write/", quotes.write, name="write-quote"),
    path("quotes/<slug:number>/refuse/", quotes.refuse, name="refuse-quote"),
    path("invoices/", billing.invoices, name="invoices"),
    path("invoices/<slug:token>/", billing.invoice, name="invoice"),
    path("invoices/<slug:token>/state", billing.state, name="invoice-state"),
    path("invoices/<slug:token>/pdf", billing.pdf, name="invoice-pdf"),
    path("invoices/<slug:token>/credit/", billing.use_credit, name="invoice-credit"),
    path("invoices/<slug:token>/confirm/", billing.confirm, name="invoice-confirm"),
    path("invoices/<slug:token>/void/", billing.void, name="invoice-void"),
    path("engagements/<str:reference>/invoice/", billing.issue, name="issue-invoice"),
    path("client/", portal.client, name="client"),
    path("experts/", experts.directory, name="experts"),
    path("match/", experts.match, name="match"),
    path("experts/<slug:handle>/", experts.detail, name="expert"),
    path("experts/<slug:handle>/book/", bookings.book, name="book"),
    path("bookings/", agenda.mine, name="bookings"),
    path("bookings/<slug:reference>/answer/", agenda.answer, name="booking-answer"),
    path("bookings/<str:token>/", bookings.booking, name="booking"),
    path("bookings/<str:token>/state/", bookings.state, name="booking-state"),
    path("bookings/<str:token>/verify/", bookings.verify, name="booking-verify"),
    path("bookings/<str:token>/code/", bookings.resend, name="booking-code"),
    path("bookings/<str:token>/cancel/", bookings.cancel, name="booking-cancel"),
    path("bookings/<str:token>/move/", bookings.move, name="booking-move"),
    path("bookings/<str:token>/calendar.ics", bookings.ics, name="booking-ics"),
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
