"""A place that cannot be written is told with the option to change."""

import errno
import os

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.base.result_folder import writable


@pytest.mark.parametrize(
    ("code", "words"), [(errno.ENOENT, "不存在"), (errno.ENAMETOOLONG, "路径过长")]
)
def test_where_nothing_can_be_written(tmp_path, code, words):
    with pytest.raises(UsageError, match=f"{words}.*--out"), writable(tmp_path / "no", "--out"):
        raise OSError(code, os.strerror(code))


def test_a_file_missing_inside_a_place_is_no_wrong_use(tmp_path):
    with pytest.raises(FileNotFoundError), writable(tmp_path, "--out"):
        (tmp_path / "no").read_bytes()
