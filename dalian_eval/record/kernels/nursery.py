"""The process from which kernels are forked: it imports once, and does nothing else.

`python -m dalian_eval.record.kernels.nursery MODULE …` imports the modules; then it reads requests
from standard input, a line of JSON each (`argv` of the kernel, its `cwd`, its whole `env`), and
answers each with the number of the new process. No module may have begun a thread by then: threads
are not forked. It ends with its input, and its kernels, which watch their parent, end with it.
"""

import gc
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any


def main(modules: Sequence[str]) -> None:
    """Import the modules, then fork a kernel for each request."""
    # As for any kernel: what lies in the working folder is no module.
    del sys.path[0]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for name in modules:
        importlib.import_module(name)
    # What is here already is never collected: kernels share its memory.
    gc.freeze()
    own = os.getpid()
    for line in sys.stdin:
        number = os.fork()
        if number == 0:
            _become_kernel(json.loads(line), own)
        print(number, flush=True)


def _become_kernel(request: Mapping[str, Any], parent: int) -> None:
    from ipykernel.kernelapp import launch_new_instance

    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["env"])
        time.tzset()
        # The kernel application has read its environment already, when it was imported.
        launch_new_instance(argv=[*request["argv"], f"--IPKernelApp.parent_handle={parent}"])
        code = 0
    finally:
        # Not what the nursery would do at its own end.
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1:])
