"""The bundles in dist/ as their users get them: installed without network, the demo month run.

    make bundle && python -m benchmarks.bundle_offline

Every platform: pip resolves the bundle's own lock from its wheels alone, for that platform. This
machine's: unpacked into a folder with blanks and Chinese in its path, installed by 安装.sh in a
network namespace that has no network, installed once more, the demo month scored, and its record
made again by the program of this working copy, byte for byte (which must be the one in the bundle).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.without_network import check_there_is_none, run_offline
from dalian_eval.bundle.manifest import REQUIREMENTS, TOP, WHEELS
from dalian_eval.bundle.opened import open_bundle
from dalian_eval.bundle.platforms import BY_NAME, LEAST_PYTHON, platform_here

_PYTHON = ".venv/bin/python"


_PIP = """
import json, sys
from pip._internal.cli.main import main
from pip._vendor.packaging import markers
seen = json.loads(sys.argv[1])
markers.default_environment = lambda: seen
sys.exit(main(sys.argv[2:]))
"""
"""pip takes wheels for any platform but judges markers by the system it runs on: here by seen."""


def resolve(folder: Path, platform: str) -> str:
    """Have pip resolve an unpacked bundle for its platform; return its last line."""
    done = subprocess.run(
        [sys.executable, "-c", _PIP, json.dumps(dict(BY_NAME[platform].markers)),
         "--isolated", "--disable-pip-version-check", "install",
         "--dry-run", "--ignore-installed", "--no-index", "--require-hashes",
         "--find-links", str(folder / WHEELS), "--only-binary=:all:", "--implementation=cp",
         f"--python-version={LEAST_PYTHON}", f"--target={folder / 'target'}",
         *(f"--platform={tag}" for tag in BY_NAME[platform].wheel_platforms),
         "-r", str(folder / REQUIREMENTS)],
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{platform}: pip does not resolve it\n{done.stderr}")
    return done.stdout.strip().splitlines()[-1]


def step(title: str, folder: Path, *command: str) -> str:
    """Run a step without network, tell it, and stop when it fails."""
    code, said, seconds = run_offline(*command, cwd=folder)
    print(f"== {title}: exit code {code}, {seconds:.0f} s\n{said}", flush=True)
    if code:
        raise SystemExit(1)
    return said


def main() -> None:
    """Try every bundle in dist/."""
    check_there_is_none(sys.executable)
    here = platform_here()
    for place in sorted(Path("dist").glob("*.zip")):
        bundle = open_bundle(place)
        name = bundle.manifest.platform
        with tempfile.TemporaryDirectory(prefix="张 三 的桌面 ") as work:
            # As a user unpacks it: with the rights of the files.
            subprocess.run(["unzip", "-q", str(place.absolute())], cwd=work, check=True)
            folder = Path(work) / TOP
            told = resolve(folder, name)
            print(f"== {place.name}: {len(bundle.manifest.wheels())} wheels; {told[:60]}…")
            if here is not None and here.name == name:
                install_and_run(folder)


def install_and_run(folder: Path) -> None:
    """Install an unpacked bundle of this machine and score the demo month with it."""
    step("安装", folder, "./安装.sh")
    if "已经装好" not in step("安装 once more", folder, "./安装.sh"):
        raise SystemExit("the second time it was installed anew")
    words = ["run", "--month", "2024-10", "--raw", "data/demo"]
    said = step("the demo month", folder, _PYTHON, "-I", "-m", "dalian_eval", *words)
    record = folder / Path(said.strip().splitlines()[-1].split("：")[-1]).parent
    again = ("-m", "dalian_eval", "reproduce", str(record))
    step("made again by the working copy", Path.cwd(), sys.executable, *again)


if __name__ == "__main__":
    main()
