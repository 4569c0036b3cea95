"""The errors users meet: one Chinese sentence that names the place and the cure, one exit code."""


class DalianError(Exception):
    """A foreseen failure; `str()` is the Chinese sentence shown to the user."""

    exit_code = 1


class UsageError(DalianError):
    """Wrong use: a bad parameter, option, path or rubric file (exit code 2)."""

    exit_code = 2


class NoRoomError(UsageError):
    """The disk is full: once there is room again, the same command goes on."""


class DataError(DalianError):
    """The data did not pass a blocking check (exit code 3)."""

    exit_code = 3


class DifferenceError(DalianError):
    """A verification or reproduction found a difference (exit code 4)."""

    exit_code = 4


class Interruption(KeyboardInterrupt):
    """The user stopped a command that goes on when it is started again; `str()` says so."""
