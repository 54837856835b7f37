"""The API of consulting: one module a noun, each with its own `urlpatterns`."""

from consulting.api import billing, delivery, engagements, offering

urlpatterns = [
    *billing.urlpatterns,
    *delivery.urlpatterns,
    *engagements.urlpatterns,
    *offering.urlpatterns,
]
