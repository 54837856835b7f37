"""The API of consulting: one module a noun, each with its own `urlpatterns`."""

from consulting.api import billing, bookings, delivery, engagements, escrow, offering, payments, writing

urlpatterns = [
    *offering.urlpatterns,
    *engagements.urlpatterns,
    *payments.urlpatterns,
    *billing.urlpatterns,
    *bookings.urlpatterns,
    *delivery.urlpatterns,
    *escrow.urlpatterns,
    *writing.urlpatterns,
]
