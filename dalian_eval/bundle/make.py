"""`python -m dalian_eval.bundle.make`: the bundles of a project, on the developer's machine.

Needs pip and the package index, or the wheels fetched before.
"""

import argparse
import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from dalian_eval.base.errors import DalianError, UsageError
from dalian_eval.base.files import sha256_of
from dalian_eval.bundle.contents import project_files, script_files
from dalian_eval.bundle.fetch import build_own, fetch
from dalian_eval.bundle.locked import locked_for
from dalian_eval.bundle.manifest import (
    PROGRAM,
    REQUIREMENTS,
    WHEELS,
    BundleManifest,
    requirements_text,
)
from dalian_eval.bundle.platforms import BY_NAME, LEAST_PYTHON, PYTHON, Platform
from dalian_eval.bundle.wheels import Wheel, lacking, read_wheel
from dalian_eval.bundle.write import write_bundle
from dalian_eval.record.environment import LOCK, NOTEBOOKS, code_hash, notebooks_hash

FETCHED = Path("build/bundle")
"""Below the project: the wheels that were fetched, a folder per platform."""


def make(root: Path, platforms: Sequence[Platform], to: Path) -> list[Path]:
    """Write the bundles of the project at `root` into the folder `to`; return their places.

    UsageError when a wheel cannot be had or the wheels do not make a whole for a platform.
    """
    to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
        own = read_wheel(build_own(root, Path(work)))
        check_own(own.path, root / PROGRAM)
        lock = (root / LOCK).read_text(encoding="utf-8")
        places = []
        for platform in platforms:
            fetched = fetch(locked_for(lock, platform), platform, root / FETCHED / platform.name)
            libraries = [read_wheel(path) for path in fetched]
            places.append(bundle_of(root, own, libraries, platform, to))
        return places


def bundle_of(
    root: Path, own: Wheel, libraries: Sequence[Wheel], platform: Platform, to: Path
) -> Path:
    """Write the bundle for a platform into `to`: all that is locked, so that nothing deviates."""
    wheels = [own, *libraries]
    if faults := lacking(wheels, own.name, platform):
        raise UsageError(f"{platform.title} 的安装包不完整：{'；'.join(faults)}")
    named = {f"{WHEELS}/{wheel.path.name}": wheel for wheel in wheels}
    of_wheels = {name: wheel.sha256 for name, wheel in named.items()}
    small = {
        **project_files(root),
        **script_files(root),
        REQUIREMENTS: requirements_text(of_wheels).encode(),
    }
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in small.items()}
    manifest = BundleManifest(
        version=own.version,
        package=code_hash(root / PROGRAM, ("*",)),
        notebooks=notebooks_hash(root / NOTEBOOKS),
        platform=platform.name,
        python=".".join(map(str, PYTHON)),
        least_python=LEAST_PYTHON,
        installed_bytes=sum(wheel.installed_bytes for wheel in wheels),
        longest_path=max(wheel.longest_path for wheel in wheels),
        files=hashes | of_wheels,
    )
    place = to / f"dalian-eval-{own.version}-{platform.name}.zip"
    write_bundle(manifest, small, {name: wheel.path for name, wheel in named.items()}, place)
    return place


def check_own(wheel: Path, package: Path) -> None:
    """UsageError when a wheel does not hold the whole package, byte for byte."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work,
        zipfile.ZipFile(wheel) as archive,
    ):
        archive.extractall(work)
        if code_hash(Path(work) / package.name, ("*",)) != code_hash(package, ("*",)):
            raise UsageError(
                f"{wheel.name} 与 {package} 不同：pyproject.toml 的 package-data 漏了文件"
            )


def main() -> int:
    """Make the bundles that are asked for; return the exit code."""
    parser = argparse.ArgumentParser(prog="dalian_eval.bundle.make", description=__doc__)
    parser.add_argument("--platform", action="append", choices=list(BY_NAME))
    parser.add_argument("--to", type=Path, default=Path("dist"))
    given = parser.parse_args()
    try:
        chosen = [BY_NAME[name] for name in given.platform or BY_NAME]
        for place in make(Path.cwd(), chosen, given.to):
            print(f"{sha256_of(place)}  {place}")
    except DalianError as error:
        print(f"错误：{error}。", file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
