"""`reproduce --with` between two real versions, without network, on this machine's platform.

    make bundle && python -m benchmarks.bundle_versions

A copy of this working copy is given another version number and a bundle; that is installed by its
script and scores the demo month. Then the bundle of dist/ is installed in a folder of its own and
makes the record again with the older version's bundle: by its own program alone it is refused, with
the bundle every byte is the same; a second time the environment is there already; a record that was
changed is found. All without network.
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
_PROGRAM = (".venv/bin/python", "-I", "-m", "dalian_eval")


def older_bundle(root: Path, work: Path, platform: Platform) -> Path:
    """Return the bundle of a copy of the project at `root` with an older version number."""
    copy = work / "older"
    left_out = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "runs", "raw")
    shutil.copytree(root, copy, ignore=left_out)
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


def expect(code: int, words: str, project: Path, *arguments: str) -> None:
    """Run a command of a project without network; stop unless it ends and speaks as expected."""
    found, said, seconds = run_offline(*_PROGRAM, *arguments, cwd=project)
    print(f"== {' '.join(arguments)}: exit code {found}, {seconds:.0f} s\n{said}", flush=True)
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
        expect(0, "完成", older, "run", "--month", "2024-10", "--raw", "data/demo")
        (record,) = (older / "runs" / "2024-10").glob("[!.]*")
        now = unpacked(Path("dist") / f"dalian-eval-{__version__}-{platform.name}.zip", work / "新")
        given = (str(record), "--with", str(bundle))
        expect(2, "--with", now, "reproduce", str(record))
        expect(0, "重算一致", now, "reproduce", *given)
        expect(0, "用以前装好的", now, "reproduce", *given)
        (record / "scores.csv").write_bytes(b"")
        expect(4, "scores.csv", now, "reproduce", *given)


if __name__ == "__main__":
    main()
