"""资料: the raw folder, what each file feeds, what is missing; a check, the template, mappings."""

from typing import Any

import ipywidgets as widgets

from dalian_eval.base.files import read_json
from dalian_eval.desk.markup import sentence, table
from dalian_eval.desk.parts import Action, box, choice, heading, row
from dalian_eval.desk.screens.greeting import DEMO
from dalian_eval.desk.screens.registrations import Registrations
from dalian_eval.desk.screens.unknown_sheets import UnknownSheets
from dalian_eval.desk.session import Session
from dalian_eval.desk.system import open_folder
from dalian_eval.desk.work import Work, works
from dalian_eval.intake.files.discover import find_files, relative
from dalian_eval.jobs.self_check import ACCOUNT, PAGE
from dalian_eval.jobs.self_check_places import RAW, RESULT

_MOST_FILES = 300


class Materials:
    """The folder that is chosen here is the one that all screens use."""

    def __init__(self, desk: Session) -> None:
        """Choose the project's own folder where it holds files, else the demo county."""
        self._desk = desk
        folders = [("报送资料（data/raw）", RAW)]
        if (desk.root / DEMO).is_dir():
            folders.append(("演示县（data/demo）", DEMO))
        self._folder = choice("资料文件夹", folders)
        if len(folders) > 1 and not self._files():
            self._folder.value = DEMO
        show = widgets.Button(description="打开文件夹")
        desk.on_click(show, self._show)
        desk.on_change(self._folder, self.refresh)
        check = Action(
            desk,
            "自查",
            lambda: ["check", "--raw", self.raw, "--to", f"{{work}}/{RESULT}"],
            opens=f"{{work}}/{RESULT}/{PAGE}",
            primary=True,
        )
        template = Action(desk, "生成报送模板", lambda: ["template", "--to", "报送模板.xlsx"])
        self._told, self._missing = widgets.HTML(), widgets.HTML()
        self._unknown = UnknownSheets(desk)
        self._registrations = Registrations(desk, lambda: self.raw)
        self.widget = box(
            row(self._folder, show),
            check.widget,
            heading("文件"),
            self._told,
            heading("还缺什么"),
            self._missing,
            self._unknown.widget,
            self._registrations.widget,
            heading("空白模板"),
            template.widget,
        )

    @property
    def raw(self) -> str:
        """The folder that is chosen, relative to the project."""
        return str(self._folder.value)

    def refresh(self) -> None:
        """Look into the folder again, and at what the last check found there."""
        files = self._files()
        account, work = self._checked()
        sheets = {one["file"]: one["sheets"] for one in account.get("files", [])}
        self._told.value = _files_told(self.raw, files, sheets, work)
        self._missing.value = _missing_told(account)
        self._unknown.show(self.raw, _unread(account))
        self._registrations.refresh()

    def _show(self) -> None:
        place = self._desk.root / self.raw
        place.mkdir(parents=True, exist_ok=True)
        open_folder(place)

    def _files(self) -> list[str]:
        raw = self._desk.root / self.raw
        return [relative(raw, path) for path in find_files(raw)] if raw.is_dir() else []

    def _checked(self) -> tuple[dict[str, Any], Work | None]:
        """Return what the last check of this folder found, and that check; empty before one."""
        for work in works(self._desk.root):
            words = work.arguments
            if words[:1] == ("check",) and self.raw in words and not work.is_running:
                try:
                    return read_json(work.folder / RESULT / ACCOUNT), work
                except (OSError, ValueError):
                    continue
        return {}, None


def _files_told(raw: str, files: list[str], sheets: dict[str, Any], work: Work | None) -> str:
    if not files:
        return sentence(f"{raw} 里还没有文件：请按“打开文件夹”，把报送表放进去，再按“自查”。")
    when = "还没有自查：按“自查”，就知道每个文件读成哪张表、有什么问题。"
    if work is not None:
        when = f"按 {work.begun[:16].replace('T', ' ')} 的自查；改过文件的，请再自查一次。"
    rows: list[tuple[object, ...]] = []
    for file in files[:_MOST_FILES]:
        found = sheets.get(file)
        if found is None:
            rows.append((file, "", "", "", "", "" if work is None else "自查以后放进来的"))
            continue
        read = [s for s in found if s["state"] != "untouched"]
        rows += [
            (
                file,
                s["sheet"],
                s["table"] if s["state"] == "read" else s["told"],
                s["rows"],
                s["quarantined"],
                s["first"] or s["note"],
            )
            for s in read
        ]
    more = len(files) - _MOST_FILES
    left = sentence(f"……另有 {more} 个文件，见自查报告", "soft") if more > 0 else ""
    heads = ("文件", "工作表", "读成哪张表", "行数", "隔离", "问题或说明")
    return sentence(when, "soft") + table(heads, rows) + left


def _missing_told(account: dict[str, Any]) -> str:
    if not account:
        return sentence("自查以后列在这里。", "soft")
    parts = []
    if account["must"]:
        parts.append(sentence(f"必须改正：{'；'.join(account['must'])}", "bad"))
    if account["warnings"]:
        parts.append(sentence(f"提醒：{'；'.join(account['warnings'])}"))
    if account["missing"]:
        rows = [(one["table"], one["stake"]) for one in account["missing"]]
        parts.append(table(("没有报送的表", "关系到"), rows))
    if account["total"]:
        parts.append(sentence(f"{account['total']}。", "soft"))
    return "".join(parts) or sentence("该报的表都有了，也没有要改正的。", "good")


def _unread(account: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the sheets that were not read as a table: file and sheet."""
    return [
        (one["file"], sheet["sheet"])
        for one in account.get("files", [])
        for sheet in one["sheets"]
        if sheet["state"] in ("unrecognised", "refused")
    ]
