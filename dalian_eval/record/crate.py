"""ro-crate-metadata.json: the run described as a Process Run Crate, written offline.

Nothing in it depends on machine or clock: `datePublished` is the as-of day.
"""

from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.softwareapplication import SoftwareApplication
from rocrate.rocrate import ROCrate

from dalian_eval.base.files import read_json, write_json
from dalian_eval.record.crate_hashes import FILE, size_and_hash
from dalian_eval.record.environment import LOCK, PYTHON
from dalian_eval.record.manifest import MANIFEST
from dalian_eval.rubric.plan_names import name_of_work

_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_PYTHON = "https://www.python.org/"
_MEDIA = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".et": "application/vnd.ms-excel",
    ".htm": "text/html",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript",
    ".json": "application/json",
    ".lock": "text/plain",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".zip": "application/zip",
}


def write_crate(
    folder: Path,
    meta: dict[str, Any],
    *,
    holds: str = "输入、参数、笔记本、得分与台账",
    use: str = "仅供内部考核使用",
) -> None:
    """Describe every file below `folder` in its ro-crate-metadata.json.

    `meta`: what run.json holds; `holds`, `use`: what is in the folder and for whom, in Chinese.
    Inputs are the raw files and parameters, results the rest; the manifest, written after it, is
    named without its hash.
    """
    crate = ROCrate(gen_preview=False, version="1.1")
    crate.name = f"{meta['rubric']['title']} {meta['month']} 评价记录 {meta['run_id']}"
    crate.description = f"截至{meta['as_of']}的{name_of_work()}评价：{holds}"
    crate.datePublished = meta["as_of"]

    def told(key: str, kind: str, **properties: Any) -> Any:
        return crate.add(ContextEntity(crate, key, {"@type": kind, **properties}))

    who = told("#assessors", "Organization", name="考核评价组")
    crate.publisher = crate.root_dataset["author"] = who
    crate.license = told("#licence", "CreativeWork", name=use)
    crate.root_dataset["conformsTo"] = told(
        _PROFILE, "CreativeWork", name="Process Run Crate", version="0.5"
    )
    files = {
        name: crate.add_file(dest_path=name, properties=_described(folder, name))
        for name in sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*"))
        if (folder / name).is_file() and name != FILE
    }
    crate.add_file(
        dest_path=MANIFEST,
        properties={
            "name": MANIFEST,
            "description": "每个文件的校验值与大小",
            "encodingFormat": _MEDIA[".json"],
        },
    )
    software = crate.add(
        SoftwareApplication(
            crate,
            f"urn:dalian-eval:{meta['version']}",
            {"name": "dalian_eval", "softwareVersion": meta["version"]},
        )
    )
    python = told(
        _PYTHON, "SoftwareApplication", name="Python", softwareVersion=PYTHON, url=_PYTHON
    )
    software["softwareRequirements"] = [python, *([files[LOCK]] if LOCK in files else [])]
    settings = {"month": meta["month"], "as_of": meta["as_of"]}
    # The public edition tells no parameters.
    settings |= {k: v for k, v in meta.get("params", {}).items() if k == "draw_seed"}
    settings |= {f"reading-{name}": option for name, option in meta["readings"].items()}
    values = [
        told(f"#{key}", "PropertyValue", name=key, value=settings[key]) for key in sorted(settings)
    ]
    action = told(
        f"#run-{meta['run_id']}",
        "CreateAction",
        name=f"{meta['month']} 评价",
        description=f"对{meta['month']}计分，截至{meta['as_of']}",
        endTime=meta["as_of"],
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    action["agent"] = who
    action["instrument"] = software
    action["object"] = [*(files[n] for n in files if _is_input(n)), *values]
    action["result"] = [files[n] for n in files if not _is_input(n) and n != LOCK]
    crate.root_dataset["mentions"] = action
    crate.metadata.write(str(folder))
    # rocrate orders entities by insertion; keys are sorted here so that bytes never vary.
    document = read_json(folder / FILE)
    document["@graph"] = sorted(document["@graph"], key=lambda e: str(e["@id"]))
    write_json(document, folder / FILE)


def _is_input(name: str) -> bool:
    return name.startswith(("inputs/", "params/", "previous/"))


def _described(folder: Path, name: str) -> dict[str, str]:
    path = folder / name
    media = _MEDIA.get(path.suffix, "application/octet-stream")
    return {"name": name, "encodingFormat": media, **size_and_hash(path)}
