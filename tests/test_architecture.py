"""What import-linter cannot see: string keys, reverse accessors, receivers, unlisted apps, sizes, clocks, templates.

Each rule is a function over a parsed module or a template, and each is shown something that breaks it.
"""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import PROTECT, Model
from django.template import engines

PROJECT = Path(__file__).resolve().parents[1]
# From the lowest floor up; apps beside each other (a | b) know nothing of each other.
FLOORS = "journal < charter < accounts < members < proposals < treasury < consulting < expertgroup"
FLOOR_OF = {app: number for number, floor in enumerate(FLOORS.split(" < ")) for app in floor.split(" | ")}
OURS = list(FLOOR_OF)
# The outermost layers: the only ones that may ask what time it is, and that never filter what may be seen.
OUTER = {"views", "api", "tasks", "management", "middleware", "admin", "authentication", "adapter"}
OUTER |= {"templatetags", "context", "launcher", "broker"}
SHOWN = {"views", "api", "templatetags", "context"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
COMMON_FUNCTION = 30
BANNED_NAMES = {"utils", "util", "helpers", "common", "misc", "tools", "shared", "base_utils"}
CLOCKS = {"now", "utcnow", "today", "localdate", "localtime", "time_ns"}

Module = tuple[Path, ast.Module]


def sources(*folders: str) -> list[Path]:
    """Our Python files; migrations are written by the machine."""
    found = (path for folder in folders for path in sorted((PROJECT / folder).rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


def parsed(*folders: str) -> Iterator[Module]:
    for path in sources(*folders):
        yield path, ast.parse(path.read_text(), filename=str(path))


def layer(path: Path) -> str:
    """The layer of a module inside its app: the first name below the app."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return parts[1] if len(parts) > 1 else parts[0]


def broken(rule: Callable[[Path, ast.Module], Iterator[str]], *folders: str) -> list[str]:
    """Every place that breaks a rule, as file:line and why."""
    return [f"{path.relative_to(PROJECT)}:{text}" for path, tree in parsed(*folders) for text in rule(path, tree)]


def receivers(_path: Path, tree: ast.Module) -> Iterator[str]:
    """Model signals and their receivers: what happens on a write is written in the service."""
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        module = getattr(node, "module", None) or ""
        if any("signal" in name or name == "receiver" for name in [*names, module] if name != "signal"):
            yield f"{node.lineno} imports signals"  # type: ignore[attr-defined]


def clocks(path: Path, tree: ast.Module) -> Iterator[str]:
    """The wall clock read below the views: services are told the time, deadlines are the database's."""
    if layer(path) in OUTER:
        return
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS):
            continue
        owner = ast.unparse(node.func.value).split(".")[-1]
        if owner in {"datetime", "date", "timezone", "time"} and not (node.func.attr.startswith("local") and node.args):
            yield f"{node.lineno} reads the clock: {ast.unparse(node)}"


def open_managers(path: Path, tree: ast.Module) -> Iterator[str]:
    """Queries in what is shown: who may see what is an argument of a selector."""
    if layer(path) not in SHOWN:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager"}:
            yield f"{node.lineno} asks {ast.unparse(node)}"


def every_field(_path: Path, tree: ast.Module) -> Iterator[str]:
    """fields = "__all__": a new column would be open at once."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value == "__all__":
            yield f"{node.lineno} opens every field"


def service_arguments(path: Path, tree: ast.Module) -> Iterator[str]:
    """Positional arguments of a service, which is what opens a transaction: `cast(3, 5)` says nothing."""
    if layer(path) != "services":
        return
    for node in tree.body:
        if (
            isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and "transaction.atomic" in ast.unparse(node)
        ):
            positional = [*node.args.posonlyargs, *node.args.args]
            # One plain argument reads well: deliver(limit).
            if len(positional) > 1:
                yield f"{node.lineno} {node.name} takes {len(positional)} arguments by position"


def long_functions(_path: Path, tree: ast.Module) -> Iterator[str]:
    for name, line, length in functions(tree):
        if length > LONGEST_FUNCTION:
            yield f"{line} {name} has {length} lines"


def functions(tree: ast.Module) -> Iterator[tuple[str, int, int]]:
    """(name, first line, lines) of every function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1


Rule = Callable[[Path, ast.Module], Iterator[str]]
RULES: list[Rule] = [receivers, clocks, open_managers, every_field, service_arguments, long_functions]
BREAKERS: dict[Rule, str] = {
    receivers: "from django.db.models.signals import post_save",
    clocks: "def rule():\n    return timezone.now()",
    open_managers: "def page(request):\n    return Claim.objects.filter(open=True)",
    every_field: "class Meta:\n    fields = '__all__'",
    service_arguments: "@transaction.atomic\ndef cast(seat, choice):\n    pass",
    long_functions: "def long():\n" + "    pass\n" * LONGEST_FUNCTION,
}
STAND_INS: dict[Rule, str] = {open_managers: "views", service_arguments: "services"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_code_keeps_the_rule(rule: Rule) -> None:
    assert broken(rule, *OURS) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_sees_what_breaks_it(rule: Rule) -> None:
    place = PROJECT / "treasury" / f"{STAND_INS.get(rule, 'rules')}.py"
    assert list(rule(place, ast.parse(BREAKERS[rule]))) != []


def test_import_linter_s_contracts_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_package_is_listed() -> None:
    packages = {path.parent.name for path in PROJECT.glob("*/__init__.py")} - {"tests"}
    configuration = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
    by_id = {contract["id"]: contract for contract in configuration["contracts"]}
    assert set(OURS) == packages
    assert set(configuration["root_packages"]) == packages
    assert by_id["floors"]["layers"] == FLOORS.split(" < ")[::-1]
    assert set(by_id["layers"]["containers"]) == packages - {"expertgroup"}
    assert {config.name for config in apps.get_app_configs()} >= packages


def our_models() -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS]


def test_keys_point_down_and_hold_without_a_way_back() -> None:
    assert our_models()
    wrong = []
    for model in our_models():
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
            target = field.related_model
            if not isinstance(target, type) or target._meta.app_label not in OURS:
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if here != there and FLOOR_OF[there] >= FLOOR_OF[here]:
                wrong.append(f"{field} points up to {there}")
            if here != there and field.remote_field and not field.remote_field.hidden:
                wrong.append(f"{field} needs related_name='+'")
            if here != there and getattr(field.remote_field, "on_delete", PROTECT) is not PROTECT:
                wrong.append(f"{field} needs on_delete=PROTECT")
    assert wrong == []


def test_modules_are_nouns_of_the_house() -> None:
    names = {part for path in sources(*OURS) for part in path.relative_to(PROJECT).with_suffix("").parts}
    assert names & BANNED_NAMES == set()


def test_files_and_functions_stay_small() -> None:
    files = [path for path in sources(*OURS, "tests") if len(path.read_text().splitlines()) > LONGEST_FILE]
    assert [str(path.relative_to(PROJECT)) for path in files] == []
    lengths = [length for _, tree in parsed(*OURS) for *_, length in functions(tree)]
    assert statistics.quantiles(lengths, n=20)[18] <= COMMON_FUNCTION


INLINE = re.compile(r"\sstyle=|<style\b|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.mark.parametrize(
    "text", ['<p style="x">', "<style>", "<script>", '<a onclick="x">', '<a href="javascript:x">', "<script nonce>"]
)
def test_inline_code_is_seen(text: str) -> None:
    assert INLINE.search(text)


def templates() -> list[Path]:
    folders = [PROJECT / "templates", *(PROJECT / app / "templates" for app in OURS)]
    return [path for folder in folders for path in sorted(folder.rglob("*.*"))]


def test_templates_carry_no_inline_style_or_script() -> None:
    # Comments may speak of them.
    texts = {path: re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text()) for path in templates()}
    assert [str(path.relative_to(PROJECT)) for path, text in texts.items() if INLINE.search(text)] == []


def test_templates_can_be_read() -> None:
    engine = engines["django"]
    for path in templates():
        if path.suffix in {".html", ".txt"}:
            engine.from_string(path.read_text())
