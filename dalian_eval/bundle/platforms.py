"""The platforms a bundle is made for: what their wheels are called, what their markers say."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass

PYTHON = (3, 11)
"""The minor version that bundles are made for: libraries in machine code belong to one."""

LEAST_PYTHON = "3.11.5"
"""The oldest Python that the locked libraries take."""


@dataclass(frozen=True)
class Platform:
    """A system and a processor: its name in files, in sentences, to wheels and to markers."""

    name: str
    title: str
    wheel_platforms: tuple[str, ...]
    system: str
    sys_platform: str
    os_name: str
    machine: str

    @property
    def markers(self) -> Mapping[str, str]:
        """What environment markers of requirements see there (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "implementation_version": LEAST_PYTHON,
            "os_name": self.os_name,
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.system,
            "platform_version": "",
            "python_full_version": LEAST_PYTHON,
            "python_version": ".".join(map(str, PYTHON)),
            "sys_platform": self.sys_platform,
            "extra": "",
        }


_NEWEST_GLIBC = 28
"""Minor version of glibc 2: what Kylin V10 (2.31) and UOS 20 (2.28) both have."""

_OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


def _linux(name: str, title: str, machine: str, oldest_glibc: int) -> Platform:
    tags = []
    for minor in range(_NEWEST_GLIBC, oldest_glibc - 1, -1):
        tags.append(f"manylinux_2_{minor}_{machine}")
        if minor in _OLD_NAMES:
            tags.append(f"{_OLD_NAMES[minor]}_{machine}")
    return Platform(name, title, tuple(tags), "Linux", "linux", "posix", machine)


PLATFORMS = (
    Platform("windows-x64", "Windows（64 位）", ("win_amd64",), "Windows", "win32", "nt", "AMD64"),
    _linux("linux-x64", "Linux（x86-64）", "x86_64", 5),
    _linux("linux-arm64", "Linux（arm64）", "aarch64", 17),
)

BY_NAME = {one.name: one for one in PLATFORMS}


def platform_here() -> Platform | None:
    """Return the platform of this machine; None when no bundle is made for it."""
    for one in PLATFORMS:
        if (one.system, one.machine) == (platform.system(), platform.machine()):
            return one if sys.maxsize > 2**32 else None
    return None
