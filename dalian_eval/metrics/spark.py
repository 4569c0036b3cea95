"""The monthly metrics on Spark: the same Ibis expressions as on DuckDB, the same rows.

Spark reads the canonical tables as Parquet, from a folder or from a place that only a cluster sees
(hdfs://, s3a://). It is an optional extra (`dalian-eval[spark]`) and needs Java; whatever it lacks
is told in a sentence before anything is computed.
"""

import datetime as dt
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import pyarrow as pa

from dalian_eval.base.errors import UsageError
from dalian_eval.base.quiet_stderr import stderr_closed
from dalian_eval.metrics.sources import Sources, rows_listed
from dalian_eval.metrics.spark_needs import LOCAL, WITHOUT, check_spark
from dalian_eval.rubric.period import Period
from dalian_eval.schema.tables import BY_NAME

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Days and moments of the tables have no time zone, and neither must their months.
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.driver.maxResultSize": "0",
}
_LOCAL_SETTINGS = {
    "spark.driver.memory": "4g",
    "spark.sql.shuffle.partitions": "8",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}
"""A cluster has settings of its own (SPARK_CONF_DIR)."""

_LOG = Path(__file__).with_name("spark_log.properties")


@contextmanager
def spark_sources(
    place: str, period: Period, as_of: dt.date, master: str = LOCAL
) -> Iterator[Sources]:
    """Open the canonical tables below `place` on Spark, and end Spark afterwards.

    `place`: a folder, or a URL that the cluster can read; a table is the file, or the folder of
    files, NAME.parquet. `master`: Spark's master URL.
    UsageError when Spark or Java is missing, the master or the place cannot be reached, or the
    place holds no 单位.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        session = _session(master, Path(scratch))
        try:
            yield _sources(session, place, period, as_of)
        finally:
            session.stop()


def _session(master: str, scratch: Path) -> "SparkSession":
    check_spark(master)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    settings = _SETTINGS | {
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={_LOG.as_uri()} "
        f"-Dderby.system.home={scratch}",
    }
    if master.startswith("local"):
        settings |= _LOCAL_SETTINGS
    builder = SparkSession.builder.master(master).appName("dalian_eval")
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        # Java greets in English, whatever it is told.
        with stderr_closed():
            return builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise UsageError(
            f"Spark 没有启动（{_first_line(error)}）：请确认 java -version 为17或更高版、"
            f"主节点 {master} 写对并在运行；{WITHOUT}"
        ) from error


def _sources(session: "SparkSession", place: str, period: Period, as_of: dt.date) -> Sources:
    import ibis

    backend: Any = ibis.pyspark.connect(session)
    root = place if "://" in place else Path(place).resolve().as_uri()
    supplied = frozenset(name for name in BY_NAME if _register(backend, root, place, name))
    if "units" not in supplied:
        raise UsageError(
            f"{place} 中没有 units.parquet：应是清洗得到的表所在的文件夹或网址"
            "（运行文件夹 data/processed/记录编号/clean，或它在共享存储上的副本）"
        )

    def arrow(rows: ir.Table) -> pa.Table:
        """Return the rows as Spark hands them over, without a detour by Python objects."""
        backend.create_view("asked", rows, overwrite=True)
        return session.table("asked").toArrow()

    units = backend.table("units").to_pandas()
    listed = rows_listed(backend, supplied)
    return Sources(backend, period, as_of, units, supplied, listed=listed, arrow=arrow)


def _register(backend: Any, root: str, place: str, name: str) -> bool:
    """Let the backend know the table `name`; return whether the place has it."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import AnalysisException, PySparkException

    try:
        backend.read_parquet(f"{root.rstrip('/')}/{name}.parquet", table_name=name)
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            return False
        raise _unreadable(place, error) from error
    except (PySparkException, Py4JJavaError) as error:
        raise _unreadable(place, error) from error
    return True


def _unreadable(place: str, error: Exception) -> UsageError:
    return UsageError(
        f"Spark 读不了 {place}（{_first_line(error)}）：请核对网址、权限，"
        "以及集群是否装有读这种存储的程序包"
    )


def _first_line(error: Exception) -> str:
    """Return what an error says first, as far as it fits a sentence."""
    lines = [line.strip(" :") for line in str(error).splitlines() if line.strip(" :")]
    if lines and lines[0].startswith("An error occurred while calling"):
        lines = lines[1:]  # What py4j says before it tells the error.
    return (lines[0] if lines else type(error).__name__)[:120]
