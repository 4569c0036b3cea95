"""The monthly metrics by themselves, from canonical tables wherever they lie: monthly.parquet.

For a province or a nation whose tables lie on storage that a cluster shares (docs/scale.md).
"""

from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq

from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.project_place import project_root
from dalian_eval.base.result_folder import writable
from dalian_eval.metrics.monthly import all_metrics
from dalian_eval.metrics.sources import open_sources
from dalian_eval.metrics.spark import spark_sources
from dalian_eval.rubric.vocabulary import using_metrics
from dalian_eval.schema.frames import to_frame
from dalian_eval.schema.tables import BY_NAME
from dalian_eval.stages.parameters import settings_for


def write_monthly(
    place: str,
    *,
    month: str,
    to: Path,
    params: Path | None = None,
    as_of: str = "",
    spark: str | None = None,
) -> int:
    """Write the monthly metrics of the canonical tables below `place`; return how many rows.

    `place`: a folder, or with Spark a URL that it can read; `spark`: the master of the Spark that
    computes them, None for DuckDB. The same tables give the same file on either.
    UsageError for a wrong parameter, and when the tables are not there or cannot be read.
    """
    root = project_root(Path.cwd())
    _, _, rubric, day = settings_for(root, month, params or "", {}, as_of)
    with writable(to, "--to"), using_metrics(rubric.metrics):
        to.parent.mkdir(parents=True, exist_ok=True)
        if spark is not None:
            with spark_sources(place, rubric.period, day, spark) as sources:
                rows = all_metrics(sources)
        else:
            folder = Path(place)
            units = folder / "units.parquet"
            if not units.exists():
                raise UsageError(
                    f"{place} 中没有 units.parquet：应是清洗得到的表所在的文件夹"
                    "（data/processed/记录编号/clean）；网址只有 --engine spark 能读"
                )
            frame = to_frame(pq.read_table(units), BY_NAME["units"])
            rows = all_metrics(open_sources(folder, frame, rubric.period, day))
        content = BytesIO()
        rows.to_parquet(content, index=False)
        write_whole(to, content.getvalue())
    return len(rows)
