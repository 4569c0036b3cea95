"""A year's run parameters (`params/YEAR.yaml`) and which rubric year a month belongs to."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dalian_eval.base.errors import UsageError
from dalian_eval.base.file_faults import FileFaults
from dalian_eval.base.limits import Limits
from dalian_eval.base.project_place import FOLDER, RUBRICS
from dalian_eval.base.typed_words import check_month, day_of
from dalian_eval.base.yaml_faults import model_faults, read_yaml
from dalian_eval.campaign.rules import CampaignRules
from dalian_eval.moves.efforts import EFFORTS, Effort
from dalian_eval.report.base.file_names import MOST_STATEMENTS
from dalian_eval.rubric.model import Rubric
from dalian_eval.rubric.period import Period, month_end
from dalian_eval.rubric.vocabulary import names_taken
from dalian_eval.rubric_file.asked_readings import check_readings
from dalian_eval.schema.model import Contract
from dalian_eval.schema.tables import SHIPPED, use, with_tables_of

TABLES = "tables.yaml"
"""What a project adds to the data contract, unless its parameters name another file."""

PARAGRAPHS = "paragraphs"
"""The folder of the analyst's own paragraphs, beside the parameters."""

MAPPINGS = "mappings.yaml"
"""The file of mappings beside the parameters, where they name no other."""

PREVIOUS = "previous"
"""Folder in which a run keeps what it needs of the run before."""


class LimitsModel(BaseModel):
    """The limits of raw files an analyst may change (see `intake.Limits`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file_mb: int = Field(default=Limits.file_mb, gt=0)
    unzipped_mb: int = Field(default=Limits.unzipped_mb, gt=0)
    ratio: int = Field(default=Limits.ratio, gt=0)
    ratio_free_mb: int = Field(default=Limits.ratio_free_mb, gt=0)
    parts: int = Field(default=Limits.parts, gt=0)
    rows: int = Field(default=Limits.rows, gt=0)
    columns: int = Field(default=Limits.columns, gt=0)
    cells: int = Field(default=Limits.cells, gt=0)
    text_mb: int = Field(default=Limits.text_mb, gt=0)
    cell_characters: int = Field(default=Limits.cell_characters, gt=0)
    line_characters: int = Field(default=Limits.line_characters, gt=0)

    def limits(self) -> Limits:
        """Return the limits as intake takes them."""
        return Limits(**self.model_dump())


def _inside(path: str) -> str:
    """Accept a path below the folder of the parameter file: a run copies it along."""
    parts = PurePosixPath(path.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or ":" in path or not parts.parts:
        raise ValueError(f"『{path}』须是参数文件所在文件夹之内的相对路径")
    return parts.as_posix()


InsidePath = Annotated[str, AfterValidator(_inside)]


class MovesModel(BaseModel):
    """How much work each kind of move is, for the order of moves and the cheapest way to a goal.

    `candidates`: with more of them no moves are tried: each asks for a draw, which all share.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    candidates: int = Field(default=20_000, ge=0)
    mend: int = Field(default=1, gt=0)
    state: int = Field(default=1, gt=0)
    record: int = Field(default=2, gt=0)
    due: int = Field(default=2, gt=0)
    review: int = Field(default=4, gt=0)
    fact: int = Field(default=5, gt=0)
    round: int = Field(default=7, gt=0)
    case: int = Field(default=8, gt=0)
    decision: int = Field(default=9, gt=0)

    def weights(self) -> dict[Effort, int]:
        """Return the weight of every kind of work."""
        return {effort: getattr(self, effort) for effort in EFFORTS}


class SigningModel(BaseModel):
    """What the head and the end of an official text say; blank: left for a pen.

    `recipient`: 主送机关; `issuer`: 发文机关署名; `date`: 成文日期, as it is to be printed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    recipient: str = Field(default="", max_length=120)
    issuer: str = Field(default="", max_length=60)
    date: str = Field(default="", max_length=30)


class SheetsModel(BaseModel):
    """Which source sheets get pages of their own (see `report.views.sheet_places`).

    `rows`: a sheet with more records gets none; `total`: nor does one that is beyond so many
    records of all sheets, the smallest counted first.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int = Field(default=500, ge=0)
    total: int = Field(default=5_000, ge=0)


class RunParams(BaseModel):
    """What an analyst may change for a year; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: int
    rubric: InsidePath
    tables: InsidePath = TABLES
    headers: InsidePath = "headers.yaml"
    mappings: InsidePath = MAPPINGS
    narrative: InsidePath = "templates/narrative.docx"
    paragraphs: InsidePath = PARAGRAPHS
    signing: SigningModel = Field(default_factory=SigningModel)
    selfassessment: InsidePath = "templates/selfassessment.docx"
    readings: dict[str, str] = Field(default_factory=dict)
    draw_seed: str = Field(min_length=1)
    statements: int = Field(default=MOST_STATEMENTS, ge=0)
    public_group: int = Field(default=3, ge=2)
    certificate_cells: int = Field(default=4_000_000_000, ge=0)
    sheets: SheetsModel = Field(default_factory=SheetsModel)
    limits: LimitsModel = Field(default_factory=LimitsModel)
    campaign: CampaignRules | None = None
    moves: MovesModel = Field(default_factory=MovesModel)

    @property
    def campaign_rules(self) -> CampaignRules:
        """The rules of the campaign's own work; the usual ones for a plan without a campaign."""
        return self.campaign or CampaignRules()


def newest_params(root: Path) -> Path:
    """Return the parameter file of the newest year; UsageError when there is none."""
    years = sorted((root / FOLDER).glob("[0-9][0-9][0-9][0-9].yaml"))
    if not years:
        raise UsageError(f"在 {root / FOLDER} 中找不到运行参数（如 2024.yaml），请用 --params 指明")
    return years[-1]


def tables_of(folder: Path, params: Mapping[str, Any]) -> Contract:
    """Return the data contract of the run parameters `params` in `folder`.

    UsageError, with every fault, for a sound contract that the file named there does not make.
    """
    name = params.get("tables", TABLES)
    try:
        path = folder / _inside(str(name))
    except ValueError:
        return SHIPPED  # Whoever validates the parameters tells that.
    if name != TABLES and not path.is_file():
        raise UsageError(f"找不到参数文件所写的 tables: {name}：请改正，没有增加的表就删去这一行")
    return with_tables_of(path, names_taken())


def load_params(path: Path) -> RunParams:
    """Load run parameters, and take the tables of their project into use.

    UsageError with file and line for what is wrong in them or in the project's tables.yaml.
    """
    raw = read_yaml(path)
    use(tables_of(path.parent, raw))
    try:
        return RunParams.model_validate(raw)
    except ValidationError as error:
        faults = FileFaults(path.name)
        for place, told in model_faults(error, RunParams, raw):
            faults.add(_line_of(raw, place), f"参数 {told}")
        raise faults.error() from error


def _line_of(node: Any, place: Sequence[str | int]) -> int:
    """Return the line of the key at `place`, or of the nearest one above it that is written."""
    line = 1
    for step in place:
        marks = getattr(node, "lc", None)
        if marks is None or step not in (marks.data or {}):
            break
        line = marks.data[step][0] + 1
        node = node[step]
    return line


def rubric_of(path: Path, params: RunParams, readings: dict[str, str]) -> Rubric:
    """Load the rubric that `params` (read from `path`) names, under its readings and `readings`."""
    # A rubric's rules import what scoring needs: a wrong argument is told before.
    from dalian_eval.rubric_file.load import load_rubric

    return load_rubric(path.parent / params.rubric, {**params.readings, **readings})


def params_for(root: Path, month: str) -> Path:
    """Return the parameter file of the rubric year whose period holds `month`.

    UsageError, naming the years there are, when there is none.
    """
    check_month(month)
    known = []
    for file in sorted((root / FOLDER / RUBRICS).glob("*.yaml")):
        period = _period(file)
        known.append(f"{file.stem}年度（{period.months[0]}至{period.months[-1]}）")
        if month in period.months:
            path = root / FOLDER / file.name
            if not path.is_file():
                raise UsageError(f"找不到 {file.stem} 年度的运行参数 {FOLDER}/{file.name}")
            return path
    raise UsageError(
        f"月份 {month} 不属于任何已有细则的评审期。已有：{'、'.join(known) or '（没有细则文件）'}。"
        f"请改用评审期内的月份，或在 {FOLDER}/{RUBRICS} 中增加该年度的细则"
    )


def _period(rubric_file: Path) -> Period:
    raw = read_yaml(rubric_file)
    period = raw.get("period") or {}
    try:
        return Period(period["start"], period["end"])
    except (KeyError, TypeError) as error:
        raise _period_fault(rubric_file, "缺少 period 的 start 或 end") from error
    except ValueError as error:
        raise _period_fault(rubric_file, str(error)) from error


def _period_fault(rubric_file: Path, sentence: str) -> UsageError:
    faults = FileFaults(rubric_file.name)
    faults.add(1, sentence)
    return faults.error()


def evaluation_day(period: Period, year: object, month: str, as_of: str) -> dt.date:
    """Return the as-of day: the month's last day within P, or `as_of` (ISO) when it is given.

    `year`: that of the rubric. UsageError for a month outside P, a day that is no date, or one
    outside that month.
    """
    check_month(month)
    if month not in period.months:
        raise UsageError(f"月份 {month} 不在 {year} 年度评审期（{period.start}至{period.end}）之内")
    if not as_of:
        return period.as_of(month)
    day = day_of(as_of)
    if not f"{month}-01" <= day.isoformat() <= month_end(month).isoformat():
        raise UsageError(f"截至日期 {as_of} 不在所评月份 {month} 之内，请使两者一致")
    return min(day, period.end)


def checked_settings(
    root: Path, month: str, params: str | Path, readings: dict[str, str], as_of: str
) -> tuple[Path, RunParams, dt.date]:
    """Return the parameter file of an evaluation, its parameters and its as-of day.

    `params`: the file, counted from the project's folder `root`; by default the one of the rubric
    year that holds the month. UsageError for whatever is wrong with them, or with `readings`. The
    rubric's rules, which import much, are not loaded.
    """
    path = root / params if params else params_for(root, month)
    run_params = load_params(path)
    rubric_file = path.parent / run_params.rubric
    year = read_yaml(rubric_file).get("year")
    day = evaluation_day(_period(rubric_file), year, month, as_of)
    check_readings(rubric_file, {**run_params.readings, **readings})
    return path, run_params, day


def settings_for(
    root: Path, month: str, params: str | Path, readings: dict[str, str], as_of: str
) -> tuple[Path, RunParams, Rubric, dt.date]:
    """Return what `checked_settings` does, with the rubric; UsageError for what is wrong in it."""
    path, run_params, day = checked_settings(root, month, params, readings, as_of)
    return path, run_params, rubric_of(path, run_params, readings), day
