"""Virtual environments with the clients of other people, at the versions of their lock files.

`.venv-clients-NAME` at the root of the checkout, made by `pip install --require-hashes`, and made anew when the lock
changes. What cannot be installed fails the tests; nothing is skipped. A lock is made from its `.in` by
`uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header`.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def environment(name: str) -> Path:
    """The folder with the programs of `requirements-NAME.lock`, installed if need be."""
    lock = Path(__file__).with_name(f"requirements-{name}.lock")
    folder = ROOT / f".venv-clients-{name}"
    made_of = folder / "made-of"
    expected = f"{sha256(lock.read_bytes()).hexdigest()} {sys.version}"
    if not made_of.exists() or made_of.read_text() != expected:
        if folder.exists():
            shutil.rmtree(folder)
        _run_as_owner([sys.executable, "-m", "venv", str(folder)])
        install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement", str(lock)]
        _run_as_owner([str(folder / "bin" / "python"), "-m", "pip", *install])
        made_of.write_text(expected)
    return folder / "bin"


def _run_as_owner(command: Sequence[str]) -> None:
    """As root in somebody's checkout, what is made is theirs to remove."""
    owner = ROOT.stat()
    settings: dict[str, Any] = {}
    if os.geteuid() == 0 and owner.st_uid != 0:
        home = pwd.getpwuid(owner.st_uid).pw_dir
        settings = {"user": owner.st_uid, "group": owner.st_gid, "env": {**os.environ, "HOME": home}}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900, cwd=ROOT, **settings)
    assert 0 == done.returncode, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
