"""What Spark needs to begin with: told before anything large is loaded or computed."""

import importlib.util
import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

from dalian_eval.base.errors import UsageError

LOCAL = "local[*]"
"""The master that stands for this machine, with all its cores."""

WITHOUT = "不用 Spark 的，去掉 --engine spark"

_PATIENCE = 5
"""Seconds that a cluster's master has to answer."""


def check_spark(master: str) -> None:
    """UsageError when Spark or Java is not installed, or the master is wrong or does not answer."""
    if importlib.util.find_spec("pyspark") is None:
        raise UsageError(
            "没有安装 Spark（pyspark）：请在联网的机器上用 "
            f"pip install 'dalian-eval[spark]' 安装；{WITHOUT}"
        )
    _check_java()
    _check_master(master)


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    own = home and shutil.which("java", path=str(Path(home) / "bin"))
    if not (own or shutil.which("java")):
        raise UsageError(
            "没有找到 Java：Spark 需要 Java 17 或更高版（Debian、Ubuntu 上为 "
            f"default-jre-headless；其他系统请安装后设置 JAVA_HOME）；{WITHOUT}"
        )


def _check_master(master: str) -> None:
    """UsageError for a master that no Spark knows, or that does not answer: Spark would wait."""
    if master.startswith(("local", "yarn", "k8s://")):
        return
    address = urlsplit(master)
    try:
        if address.scheme != "spark" or not address.hostname or not address.port:
            raise ValueError(master)
    except ValueError as error:
        raise UsageError(
            f"Spark 主节点『{master}』写得不对：应为 spark://主机:7077、yarn、k8s://…，"
            f"或 {LOCAL}（本机）"
        ) from error
    try:
        socket.create_connection((address.hostname, address.port), _PATIENCE).close()
    except OSError as error:
        raise UsageError(
            f"Spark 主节点 {master} 没有应答：请确认它在运行、从本机可以连到；{WITHOUT}"
        ) from error
