import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "workflow" / "scripts" / "clusters.py"


def clusters(*arguments: str) -> str:
    command = [sys.executable, str(SCRIPT), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    return done.stderr


def test_near_duplicates_need_the_documents_of_every_part() -> None:
    files = ["--signatures", "a", "b", "--outputs", "c", "d"]
    expected = "error: --documents names 1 files, --signatures 2; one for each"
    assert expected in clusters(*files, "--documents", "e")


def test_there_is_one_output_a_part() -> None:
    files = ["--signatures", "a", "b", "--outputs", "c", "--no-near"]
    assert "error: --outputs names 1 files, --signatures 2; one for each" in clusters(*files)
