"""Forms render their fields with templates/forms/field.html; widgets stay Django's own."""

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.template.loader import get_template


class FieldRenderer(DjangoTemplates):
    """`{{ form.hours.as_field_group }}` gives label, hint, error and control in our order."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def get_template(self, template_name: str) -> Any:
        """The project's engine for our own templates (tags, translations), Django's for widgets."""
        return (
            get_template(template_name) if template_name.startswith("forms/") else super().get_template(template_name)
        )

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """No placeholder texts, whichever library made the field: they vanish while somebody types."""
        context.get("widget", {}).get("attrs", {}).pop("placeholder", None)
        return super().render(template_name, context, request)
