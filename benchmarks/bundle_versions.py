"""`reproduce --with` between two real versions, without network, on this machine's platform.

    make bundle && python -m benchmarks.bundle_versions

A copy of this working copy is given another version number and a bundle; that is installed by its
script and scores the demo month. Then the program of this working copy, in an empty project, makes
the record again: alone it refuses, with the older version's bundle every byte is the same; a second
time the environment is there already; a record that was changed is found. All without network.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bundle_offline import step
from benchmarks.without_network import check_there_is_none, run_offline
from dalian_eval import __version__
from dalian_eval.bundle.make import FETCHED, make
from dalian_eval.bundle.manifest import TOP
from dalian_eval.bundle.platforms import Platform, platform_here

_OLDER = "0.0.9"
_INSTALLED = (".venv/bin/python", "-I", "-m", "dalian_eval")


def older_bundle(root: Path, work: Path, platform: Platform) -> Path:
    """Return the bundle of a copy of the project at `root` with an older version number."""
    copy = work / "older"
    left_out = shutil.ignore_patterns(".*", "__pycache__")
    for name in ("dalian_eval", "notebooks", "params", "docs", "guide", "data/demo"):
        shutil.copytree(root / name, copy / name, ignore=left_out)
    for name in ("pyproject.toml", "README.md", "README.zh-CN.md", "requirements.lock"):
        shutil.copyfile(root / name, copy / name)
    fetched = copy / FETCHED / platform.name
    shutil.copytree(root / FETCHED / platform.name, fetched, copy_function=shutil.copyfile)
    for name in ("pyproject.toml", "dalian_eval/__init__.py"):
        text = (copy / name).read_text(encoding="utf-8")
        changed = text.replace(f'ersion = "{__version__}"', f'ersion = "{_OLDER}"')
        changed = changed.replace(f'__version__ = "{__version__}"', f'__version__ = "{_OLDER}"')
        (copy / name).write_text(changed, encoding="utf-8")
    (place,) = make(copy, [platform], work)
    return place


def unpacked(bundle: Path, folder: Path) -> Path:
    """Unpack a bundle into a new folder and install it; return the project it is."""
    folder.mkdir()
    subprocess.run(["unzip", "-q", str(bundle.absolute())], cwd=folder, check=True)
    step(f"安装 {bundle.name}", folder / TOP, "./安装.sh")
    return folder / TOP


def expect(code: int, words: str, project: Path, *command: str) -> None:
    """Run a command in a project without network; stop unless it ends and speaks as expected."""
    found, said, seconds = run_offline(*command, cwd=project)
    print(f"== {' '.join(command)}: exit code {found}, {seconds:.0f} s\n{said}", flush=True)
    if found != code or words not in said:
        raise SystemExit(f"expected {code} and {words}")


def main() -> None:
    """Make, install and try both versions."""
    check_there_is_none(sys.executable)
    platform = platform_here()
    if platform is None:
        raise SystemExit("no bundle is made for this machine")
    with tempfile.TemporaryDirectory(prefix="两个 版本 ") as folder:
        work = Path(folder)
        bundle = older_bundle(Path.cwd(), work, platform)
        older = unpacked(bundle, work / "旧")
        run = ("run", "--month", "2024-10", "--raw", "data/demo")
        expect(0, "完成", older, *_INSTALLED, *run)
        (record,) = (older / "runs" / "2024-10").glob("[!.]*")
        project = work / "新"
        shutil.copytree("params", project / "params")
        now = (sys.executable, "-m", "dalian_eval", "reproduce", str(record))
        expect(2, "--with", project, *now)
        expect(0, "重算一致", project, *now, "--with", str(bundle))
        expect(0, "用以前装好的", project, *now, "--with", str(bundle))
        (record / "scores.csv").write_bytes(b"")
        expect(4, "scores.csv", project, *now, "--with", str(bundle))


if __name__ == "__main__":
    main()
