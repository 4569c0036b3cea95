"""The monthly metrics on Spark: the very bytes that DuckDB gives, and what Spark needs, told."""

import importlib.util
import shutil
import socket
from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.jobs.runs.run_options import spark_of_engine
from dalian_eval.metrics.spark import spark_sources
from dalian_eval.metrics.spark_needs import LOCAL, check_spark
from dalian_eval.rubric_file.load import load_rubric

MONTH = "2024-10"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def canonical(demo_run: Path) -> Path:
    """The canonical tables of the demo county."""
    return ROOT / "data" / "processed" / demo_run.name / "clean"


def test_the_same_bytes_as_duckdb(
    canonical: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Once as `metrics` asks it, from a URL; nothing English is said, nothing is left behind."""
    files = [tmp_path / f"{engine}.parquet" for engine in ("duckdb", "spark")]
    asked = ["metrics", "--month", MONTH, "--to"]
    assert invoke([*asked, str(files[0]), str(canonical)]) == 0
    spark = ["--engine", "spark", "--spark-master", "local[1]", canonical.as_uri()]
    assert invoke([*asked, str(files[1]), *spark]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 10_000
    said = capfd.readouterr()
    assert not said.err
    assert said.out.count("已写出月度指标") == 2
    assert sorted(tmp_path.iterdir()) == sorted(files)
    period = load_rubric(Path("params/rubrics/2024.yaml")).period
    for place, told in {"/nowhere": "units.parquet", "nofs://host/x": "Spark 读不了"}.items():
        with (
            pytest.raises(UsageError, match=told),
            spark_sources(place, period, period.end, "local[1]"),
        ):
            pass


def test_what_spark_needs_is_told_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert spark_of_engine("duckdb", "") is None
    assert spark_of_engine("spark", "") == LOCAL
    with pytest.raises(UsageError, match="--engine spark"):
        spark_of_engine("duckdb", "yarn")
    with pytest.raises(UsageError, match="写得不对"):
        check_spark("spark:/host")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        master = f"spark://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(UsageError, match="没有应答"):
            check_spark(master)
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(UsageError, match="没有找到 Java"):
        check_spark(LOCAL)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match="没有安装 Spark"):
        check_spark(LOCAL)


def test_a_place_without_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["metrics", str(tmp_path), "--month", MONTH, "--to", str(tmp_path / "x")]) == 2
    assert "units.parquet" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
