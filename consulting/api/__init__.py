"""The API of consulting: one module a noun, each with its own `urlpatterns`."""

from consulting.api import billing, bookings, engagements, offering, payments, writing

urlpatterns = [
    *bookings.urlpatterns,
    *billing.urlpatterns,
    *offering.urlpatterns,
    *engagements.urlpatterns,
    *payments.urlpatterns,
    *writing.urlpatterns,
]
