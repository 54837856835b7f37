"""Somebody with the files and the script, and no program."""

import importlib.util
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

SCRIPT = Path(__file__).parents[2] / "proposals" / "data" / "verify.py"
Json = dict[str, Any]


@dataclass
class Stranger:
    """Runs the script as its first lines say."""

    folder: Path

    def runs(self, *files: Json, given: str) -> tuple[int, str]:
        """Exit status and what the script says."""
        paths = [self.folder / f"{place}.json" for place in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, paths), "--head", given]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.stderr == ""
        return done.returncode, done.stdout


def own_head(file: Json) -> str:
    """The head that a file itself speaks of."""
    try:
        return str(file["journal"]["head"]["digest"])
    except (KeyError, TypeError):
        return "0"


def loaded() -> ModuleType:
    """The script as a module, for its arithmetic."""
    spec = importlib.util.spec_from_file_location("verify_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
