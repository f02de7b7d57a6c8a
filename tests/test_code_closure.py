import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gpt2ro.code_closure import code_closure

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted((ROOT / "workflow" / "scripts").glob("*.py"))

TOLD = "LOADED "
# Runs a script's imports (its --help ends it) and prints the files of the package that were loaded.
PROBE = """
import runpy, sys
sys.argv = [sys.argv[1], "--help"]
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
except SystemExit:
    pass
for module in list(sys.modules.values()):
    if getattr(module, "__name__", "").split(".")[0] == "gpt2ro":
        print("LOADED", module.__file__)
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_holds_every_module_that_the_script_really_loads(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(script)], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    loaded = {Path(line.removeprefix(TOLD)) for line in lines if line.startswith(TOLD)}
    assert loaded, done.stdout
    assert loaded <= set(code_closure(script, ROOT))


def test_a_rule_waits_for_the_extension_exactly_when_its_script_uses_it() -> None:
    rules = "\n".join(path.read_text() for path in (ROOT / "workflow" / "rules").glob("*.smk"))
    found = {
        script: "native=EXTENSION," in rule or "native=extension_of_extract," in rule
        for rule in re.split(r"\nrule ", rules)
        for script in re.findall(r'code=code\("(\w+\.py)"\)', rule)
    }
    expected = {
        script: ROOT / "gpt2ro" / "native.py"
        in code_closure(ROOT / "workflow" / "scripts" / script, ROOT)
        for script in found
    }
    assert found == expected
    users = {script for script, uses in found.items() if uses}
    assert users == {
        "extract.py", "clean.py", "signatures.py", "clusters.py", "held_out.py", "lines.py",
        "paragraphs.py", "dedupe.py", "tokenizer.py", "encode.py",
    }  # fmt: skip


def test_follows_imports_through_modules_and_inside_functions(tmp_path: Path) -> None:
    package = tmp_path / "gpt2ro"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("def f():\n    from gpt2ro import two\n")
    (package / "two.py").write_text("import json\n")
    (package / "other.py").write_text("")
    script = tmp_path / "script.py"
    script.write_text("from gpt2ro.one import f\n")
    names = [path.name for path in code_closure(script, tmp_path)]
    assert names == ["__init__.py", "one.py", "two.py", "script.py"]


BLOCKS = """
try:
    pass
except ValueError:
    from gpt2ro import handler
else:
    match 1:
        case _:
            if 0:
                pass
            elif 1:
                from gpt2ro import elif_in_case
finally:
    with open("x"):
        class C:
            async def method(self):
                while 1:
                    import gpt2ro.method
"""


def test_finds_an_import_in_a_block_of_any_kind(tmp_path: Path) -> None:
    package = tmp_path / "gpt2ro"
    package.mkdir()
    for name in ("__init__", "handler", "elif_in_case", "method"):
        (package / f"{name}.py").write_text("")
    script = tmp_path / "script.py"
    script.write_text(BLOCKS)
    found = {path.stem for path in code_closure(script, tmp_path)}
    assert found == {"script", "__init__", "handler", "elif_in_case", "method"}


@pytest.mark.parametrize(
    "source",
    [
        "from gpt2ro import (  # both\n    one,\n    two,\n)\n",
        "from gpt2ro import one, \\\n    two\n",
        '"""What comes\nfrom gpt2ro as it is."""\nimport gpt2ro.one, gpt2ro.two\n',
        "import gpt2ro.one; import gpt2ro.two\n",
    ],
    ids=["in brackets", "continued by a backslash", "below a sentence like one", "two in a line"],
)
def test_finds_an_import_however_it_is_written(source: str, tmp_path: Path) -> None:
    package = tmp_path / "gpt2ro"
    package.mkdir()
    for name in ("__init__", "one", "two"):
        (package / f"{name}.py").write_text("")
    script = tmp_path / "script.py"
    script.write_text(source)
    found = {path.stem for path in code_closure(script, tmp_path)}
    assert found == {"script", "__init__", "one", "two"}


def test_a_modified_module_is_read_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("")
    assert code_closure(script, tmp_path) == [script]
    (tmp_path / "gpt2ro").mkdir()
    (tmp_path / "gpt2ro" / "__init__.py").write_text("")
    script.write_text("import gpt2ro")
    os.utime(script, ns=(1, 1))
    assert code_closure(script, tmp_path) == [tmp_path / "gpt2ro" / "__init__.py", script]
