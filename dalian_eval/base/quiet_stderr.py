"""Keeping what libraries and programs write to standard error by themselves from the user."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def stderr_closed() -> Iterator[None]:
    """Let nothing reach standard error: of this process's libraries, nor of what starts here.

    For libraries that speak English before they raise an exception, and for programs (Java) that
    keep the standard error they were started with.
    """
    if sys.stderr is not None:
        sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
