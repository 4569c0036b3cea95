"""Kernels forked from one process that has imported what they all need (`nursery`).

Seven notebooks import the same libraries; a forked kernel has them at once, and shares their
memory. Where the system cannot fork, or cannot watch a process that is not its child, kernels are
started as usual.
"""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib.metadata import EntryPoint
from typing import Any, TextIO, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Any as AnyTrait

_NURSERY = "dalian_eval.record.kernels.nursery"
_NAME = "dalian-eval-forked"
_LAUNCHER = "ipykernel_launcher"


class Nursery:
    """A running process that forks kernels."""

    def __init__(self, modules: Sequence[str], env: Mapping[str, str]) -> None:
        """Start the process with an environment; returns before it has imported `modules`."""
        self._process = subprocess.Popen(  # noqa: S603 (our own program)
            [sys.executable, "-m", _NURSERY, "ipykernel.kernelapp", *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=dict(env),
            # Ctrl-C in the terminal is for the run alone: it ends its kernels itself.
            start_new_session=True,
        )
        self._requests = cast(TextIO, self._process.stdin)
        self._replies = cast(TextIO, self._process.stdout)
        self._answers = ThreadPoolExecutor(1)

    def fork(self, argv: Sequence[str], cwd: str, env: Mapping[str, str]) -> "ForkedProcess":
        """Have a kernel forked, as soon as the imports are done; returns before it is there."""
        request = {"argv": [*argv], "cwd": cwd, "env": dict(env)}
        return ForkedProcess(self._answers.submit(self._ask, json.dumps(request)))

    def stop(self) -> None:
        """End the process; kernels that still run end with it."""
        self._process.kill()
        self._answers.shutdown()
        for pipe in (self._requests, self._replies):
            with suppress(OSError):
                pipe.close()
        self._process.wait()

    def _ask(self, request: str) -> int:
        """Return the descriptor of a new kernel's process; OSError when it is gone already."""
        self._requests.write(request + "\n")
        self._requests.flush()
        answer = self._replies.readline()
        if not answer:
            raise ProcessLookupError
        return os.pidfd_open(int(answer))


class ForkedProcess:
    """A forked kernel, as `subprocess.Popen` would tell of it."""

    stdin = stdout = stderr = None

    def __init__(self, asked: Future[int]) -> None:
        """Take the descriptor that is asked for."""
        self._asked = asked
        self._over = False

    @property
    def pid(self) -> int:
        """0: nobody asks, and it may not be there yet."""
        return 0

    def poll(self) -> int | None:
        """Return None while the kernel runs, or is not there yet."""
        if not self._over and self._asked.done():
            self._over = self._is_over(0)
        return 1 if self._over else None

    def wait(self) -> int:
        """Wait for the kernel's end."""
        self._over = self._is_over(None)
        return 1

    def send_signal(self, number: int) -> None:
        """Send a signal, as soon as the kernel is there; nothing when it is over."""
        with suppress(ProcessLookupError):
            descriptor = self._asked.result()
            if self.poll() is None:
                signal.pidfd_send_signal(descriptor, number)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def _is_over(self, seconds: float | None) -> bool:
        try:
            descriptor = self._asked.result()
        except OSError:
            return True
        if self._over:
            return True
        # The descriptor of a process can be read once that has ended.
        over = bool(select.select([descriptor], [], [], seconds)[0])
        if over:
            os.close(descriptor)
        return over


class ForkedProvisioner(LocalProvisioner):
    """Starts a kernel by having it forked; all else is as for a process of our own."""

    nursery = AnyTrait()

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel of a command line `python -m ipykernel_launcher …`."""
        argv = cmd[cmd.index(_LAUNCHER) + 1 :]
        self.process = self.nursery.fork(argv, str(kwargs["cwd"]), kwargs["env"])
        self.cwd = kwargs["cwd"]
        return self.connection_info


def can_fork() -> bool:
    """Whether the system forks processes and can watch one that is not its child."""
    if not hasattr(os, "fork") or not hasattr(os, "pidfd_open"):
        return False
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:  # A Linux before 5.3.
        return False
    return True


def fork_from(nursery: Nursery, manager: KernelManager) -> None:
    """Have the kernel of a manager, not yet started, forked from a nursery."""
    group = KernelProvisionerFactory.GROUP_NAME
    place = f"{__name__}:{ForkedProvisioner.__name__}"
    factory = KernelProvisionerFactory.instance(parent=manager.parent)
    factory.provisioners[_NAME] = EntryPoint(_NAME, place, group)
    chosen = {"provisioner_name": _NAME, "config": {"nursery": nursery}}
    cast(KernelSpec, manager.kernel_spec).metadata["kernel_provisioner"] = chosen
