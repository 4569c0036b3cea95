"""Next year's plan made from this year's: parameters, rubric, cases, and what is to be decided."""

import datetime as dt
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dalian_eval.base.defences import read_settings
from dalian_eval.base.errors import UsageError
from dalian_eval.base.files import write_whole
from dalian_eval.base.project_place import FOLDER, project_root
from dalian_eval.base.result_folder import writable
from dalian_eval.jobs.rubrics.rubric_cases import CASES, case_files, cases_folder
from dalian_eval.rubric.vocabulary import METRICS, using_metrics
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.tables import in_use, using
from dalian_eval.stages.parameters import load_params
from dalian_eval.workbench.case_reader import read_cases
from dalian_eval.workbench.next_year import (
    PARAMS,
    PAST,
    RUBRIC,
    LastYears,
    NextYear,
    for_next_year,
    plan_days,
)

_DAYS = "一二三四五六日"
_CASE_YEARS = 20
"""Years before the plan's that move in worked cases: their dates belong together."""

_LISTED = 12


@dataclass(frozen=True)
class NewFile:
    """A file of next year's plan: where it is to stand, below the project, and what it holds."""

    place: Path
    made: NextYear


@dataclass(frozen=True)
class NewPlan:
    """Next year's files, and the list of what was moved and what is to be decided."""

    year: int
    files: tuple[NewFile, ...]
    checklist: Path
    elsewhere: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield what a terminal tells: files, what is to be decided, what comes next."""
        yield f"已生成{self.year}年度的文件（原有文件没有改动）："
        cases = [f for f in self.files if f.place.parent.parent.name == CASES]
        yield from (f"  {f.place}" for f in self.files if f not in cases)
        if cases:
            yield f"  {cases[0].place.parent}（{len(cases)}个案例文件）"
        moved = sum(len(f.made.moved) for f in self.files)
        yield f"改动年份{moved}行，逐行列在 {self.checklist}"
        decide = list(self.to_decide())
        yield f"待定{len(decide)}处，已在文件中标明："
        yield from (f"  {line}" for line in decide)
        left = list(self.left())
        if left:
            yield f"没有改动、请核对的年份{len(left)}处："
            yield from (f"  {line}" for line in left[:_LISTED])
            if len(left) > _LISTED:
                yield f"  ……其余见 {self.checklist}"
        yield f"接着：对照{self.year}年度方案逐条核对 dalian-eval rubric show {self.year}，"
        yield f"再 dalian-eval rubric check {self.year}、dalian-eval rubric test {self.year}"

    def to_decide(self) -> Iterator[str]:
        """Yield what somebody has to decide, with its place."""
        for file in self.files:
            for line, question in file.made.open:
                yield f"{file.place} 第{line}行：{question}"

    def left(self) -> Iterator[str]:
        """Yield years that were not moved, with their places."""
        for file in self.files:
            for line, text in file.made.left:
                yield f"{file.place} 第{line}行：{text}"
        yield from self.elsewhere

    def checklist_text(self) -> str:
        """Return the whole list: to be decided, left, the plan's days, every line moved."""
        parts = [f"{self.year}年度细则和参数核对清单", ""]
        parts += ["一、待定（文件中标有 # 待定，定下后删去该标记）", *self.to_decide(), ""]
        parts += ["二、没有改动的年份（确认是否如此）", *self.left(), ""]
        parts += ["三、方案日期（由上年顺延一年，请按新方案核对）", *self._days(), ""]
        parts += ["四、改动了年份的行"]
        for file in self.files:
            for moved in file.made.moved:
                parts += [f"{file.place} 第{moved.line}行", f"  原 {moved.before}"]
                parts += [f"  现 {moved.after}"]
        return "\n".join(parts) + "\n"

    def _days(self) -> Iterator[str]:
        for file in self.files:
            if file.place.parent.name != FOLDER:
                continue
            for line, text, whole in plan_days(file.made.text):
                day = dt.date.fromisoformat(text)
                rest = "，休息日" if day.weekday() > 4 else ""
                yield (
                    f"{file.place} 第{line}行：{text}（星期{_DAYS[day.weekday()]}{rest}）　{whole}"
                )


def make_next_year(year: str) -> NewPlan:
    """Write parameters, rubric and worked cases of the year after `year`, and a list to go through.

    UsageError when the year's plan is not there or does not load, or when a file of the next year
    is there already: nothing is overwritten.
    """
    with using(in_use()), using_metrics(METRICS):
        return _made(project_root(Path.cwd()), year)


def _made(root: Path, year: str) -> NewPlan:
    """Make and write the files in the project `root`."""
    params_file = root / FOLDER / f"{year}.yaml"
    if not re.fullmatch("[0-9]{4}", year) or not params_file.is_file():
        known = "、".join(p.stem for p in sorted((root / FOLDER).glob("[0-9]*.yaml")))
        raise UsageError(f"找不到{year}年度的运行参数 {FOLDER}/{year}.yaml。现有：{known or '无'}")
    params = load_params(params_file)
    rubric_file = params_file.parent / params.rubric
    rubric = load_rubric(rubric_file)
    following = rubric.year + 1
    sources: list[tuple[Path, tuple[LastYears, ...], int]] = [
        (params_file, PARAMS, PAST),
        (rubric_file, RUBRIC, PAST),
    ]
    if cases_folder(rubric_file).is_dir():
        folder = cases_folder(rubric_file)
        sources += [(path, (), _CASE_YEARS) for path in sorted(folder.glob("*.yaml"))]
    files = []
    for source, asked, past in sources:
        text = read_settings(source)
        made = for_next_year(text, rubric.year, asked, past)
        place = source.resolve().relative_to(root.resolve())
        files.append(NewFile(_moved_place(place, rubric.year), made))
    plan = NewPlan(
        following,
        tuple(files),
        Path(FOLDER) / f"{following}-核对清单.txt",
        tuple(_years_in_templates(params_file, (params.narrative, params.selfassessment))),
    )
    taken = [f.place for f in files if (root / f.place).exists()]
    if taken:
        more = f"等{len(taken)}个文件" if len(taken) > 1 else ""
        raise UsageError(f"{taken[0]}{more}已经有了，不覆盖：要重做请先移走")
    _refuse_unsound(plan, params_file.parent / params.tables)
    _write(root, plan)
    return plan


def _moved_place(place: Path, year: int) -> Path:
    """Return where a file of `year` stands for the year after."""
    moved = Path(*(part.replace(str(year), str(year + 1)) for part in place.parts))
    if moved == place:
        raise UsageError(f"文件名 {place} 中没有年份{year}，无法另存：请改为以年份命名再试")
    return moved


def _refuse_unsound(plan: NewPlan, tables: Path) -> None:
    """UsageError when the new files do not load: then nothing is written.

    `tables`: the project's own tables, which stay as they are, if there are any.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        root = Path(place)
        if tables.is_file():
            (root / FOLDER).mkdir()
            shutil.copyfile(tables, root / FOLDER / tables.name)
        for file in plan.files:
            (root / file.place).parent.mkdir(parents=True, exist_ok=True)
            (root / file.place).write_text(file.made.text, encoding="utf-8", newline="")
        try:
            params_file = root / plan.files[0].place
            params = load_params(params_file)
            rubric_file = params_file.parent / params.rubric
            rubric = load_rubric(rubric_file)
            if cases_folder(rubric_file).is_dir():
                read_cases(case_files(rubric_file), rubric)
        except UsageError as error:
            raise UsageError(
                f"顺延一年之后有错，没有写入任何文件，请先在上年的文件中改正：\n{error}"
            ) from error


def _write(root: Path, plan: NewPlan) -> None:
    done = []
    try:
        with writable(root / FOLDER, "可写的项目文件夹"):
            for file in plan.files:
                target = root / file.place
                target.parent.mkdir(parents=True, exist_ok=True)
                done.append(target)
                write_whole(target, file.made.text.encode())
            write_whole(root / plan.checklist, plan.checklist_text().encode())
    except BaseException:
        for target in done:
            target.unlink(missing_ok=True)
        raise


_WORD_TEXT = re.compile(rb"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_TEMPLATE_YEAR = re.compile(r"(?:19|20)[0-9]{2}年?")


def _years_in_templates(params: Path, names: tuple[str, ...]) -> Iterator[str]:
    """Yield years written into the templates of documents: nobody but an author may move them."""
    for name in names:
        path = params.parent / name
        try:
            with zipfile.ZipFile(path) as package:
                data = package.read("word/document.xml")
        except (OSError, KeyError, zipfile.BadZipFile):
            continue
        text = b"".join(_WORD_TEXT.findall(data)).decode("utf-8", "replace")
        for found in dict.fromkeys(_TEMPLATE_YEAR.findall(text)):
            yield f"{FOLDER}/{name}：模板中写着{found}，用 WPS 或 Word 核对"
