"""Static files as production serves them: every reference resolves, names carry their content's hash."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.templatetags.static import static

HASHED = re.compile(r"\.[0-9a-f]{12}\.")


@pytest.fixture
def collected(tmp_path: Path, settings: Any) -> Path:
    """All static files, by the strict storage without the slow compression."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_every_reference_resolves(collected: Path) -> None:
    # A reference in a style sheet to a file that is not there ends collectstatic with an error.
    assert HASHED.search(static("app.css"))
    assert (collected / "staticfiles.json").exists()


def test_templates_name_files_that_exist(collected: Path) -> None:
    templates = Path(__file__).resolve().parents[2] / "templates"
    named = {
        name
        for path in templates.rglob("*.html")
        for name in re.findall(r"""{% static ["']([^"']+)["']""", path.read_text())
    }
    assert named
    assert [name for name in named if not HASHED.search(static(name))] == []
