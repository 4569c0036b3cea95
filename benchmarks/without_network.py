"""A command where there is no network: a namespace of its own that has a loopback only."""

import os
import subprocess
import time
from pathlib import Path

_LOOPBACK_ONLY = 'ip link set lo up && exec "$@"'
_PROBE = "import socket; socket.create_connection(('192.0.2.1', 80), 5)"


def run_offline(*command: str, cwd: Path) -> tuple[int, str, float]:
    """Run a command without network; return exit code, everything it said and its seconds."""
    began = time.monotonic()
    done = subprocess.run(
        ["unshare", "-rn", "sh", "-c", _LOOPBACK_ONLY, "sh", *command],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        check=False,
        # A developer's settings of pip and Python are not the user's.
        env={k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON", "UV_"))},
    )
    return done.returncode, done.stdout, time.monotonic() - began


def check_there_is_none(python: str) -> None:
    """SystemExit when a command run offline reaches a network after all."""
    code, said, _ = run_offline(python, "-c", _PROBE, cwd=Path.cwd())
    if code == 0 or "unreachable" not in said:
        raise SystemExit(f"the namespace has a network, or cannot be made:\n{said}")
