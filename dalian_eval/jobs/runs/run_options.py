"""What can be wrong with the options of a run, told before the program loads what it runs with."""

from pathlib import Path

from dalian_eval.base.errors import UsageError
from dalian_eval.base.project_place import project_root
from dalian_eval.base.typed_words import check_raw
from dalian_eval.public.pseudonyms import read_key
from dalian_eval.stages.parameters import checked_settings


def check_settings(
    month: str, raw: Path, params: Path | None, readings: dict[str, str], as_of: str
) -> None:
    """UsageError for a folder, parameter file, month, day or reading that cannot be used."""
    root = project_root(Path.cwd())
    check_raw_folder(raw, root)
    checked_settings(root, month, params.resolve() if params else "", readings, as_of)


def check_raw_folder(raw: Path, root: Path) -> None:
    """UsageError when `raw` is a folder neither from here nor from the project's folder `root`."""
    if not (root / raw).is_dir():
        check_raw(raw)


def spark_of_engine(engine: str, master: str) -> str | None:
    """Return the master of the Spark that is to compute the metrics, None for DuckDB.

    `master`: what was asked for, if anything. UsageError for a master without Spark, and when there
    is no Spark to be had.
    """
    if engine != "spark":
        if master:
            raise UsageError("--spark-master 只用于 Spark：请加 --engine spark，或去掉它")
        return None
    from dalian_eval.metrics.spark_needs import LOCAL, check_spark

    master = master or LOCAL
    check_spark(master)
    return master


def key_of_edition(edition: str, pseudonym_key: Path | None, raw: Path, out: Path) -> bytes | None:
    """Return the key that the public edition needs, None for the internal one.

    UsageError for a key without that edition or that cannot be used, and for a place of the record
    within the raw files.
    """
    key = read_key(pseudonym_key, raw, out) if edition == "public" else None
    if pseudonym_key and key is None:
        raise UsageError("--pseudonym-key 只用于公开版：请加 --edition public，或去掉密钥")
    if out.resolve().is_relative_to(raw.resolve()):
        raise UsageError(
            f"运行记录不能放在报送数据的文件夹 {raw} 里面，下次会被当作报送表：请用 --out 另选"
        )
    return key
