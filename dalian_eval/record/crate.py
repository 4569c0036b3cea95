"""ro-crate-metadata.json: the run described as a Process Run Crate, written offline.

Nothing in it depends on machine or clock: `datePublished` is the as-of day.
"""

from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.softwareapplication import SoftwareApplication
from rocrate.rocrate import ROCrate

from dalian_eval.files import read_json, sha256_of, write_json

FILE = "ro-crate-metadata.json"
_PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_MEDIA = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".yaml": "application/yaml",
}


def write_crate(folder: Path, meta: dict[str, Any]) -> None:
    """Describe every file below `folder` in its ro-crate-metadata.json.

    `meta`: what run.json holds. Inputs are the raw files and parameters, results the rest.
    """
    crate = ROCrate(gen_preview=False, version="1.1")
    crate.name = f"{meta['rubric']['title']} {meta['month']} 评价记录 {meta['run_id']}"
    crate.description = f"截至{meta['as_of']}的执法大练兵评价：输入、参数、笔记本、得分与台账"
    crate.datePublished = meta["as_of"]
    crate.license = "仅供内部考核使用"
    profile = crate.add(
        ContextEntity(
            crate,
            _PROFILE,
            {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        )
    )
    crate.root_dataset["conformsTo"] = [profile]
    software = crate.add(
        SoftwareApplication(
            crate,
            "#dalian_eval",
            {"name": "dalian_eval", "softwareVersion": meta["version"], "version": meta["version"]},
        )
    )
    inputs: list[Any] = []
    results: list[Any] = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.name != FILE):
        name = path.relative_to(folder).as_posix()
        entity = crate.add_file(
            dest_path=name,
            properties={
                "name": name,
                "contentSize": str(path.stat().st_size),
                "sha256": sha256_of(path),
                "encodingFormat": _MEDIA.get(path.suffix, "application/octet-stream"),
            },
        )
        (inputs if name.startswith(("inputs/", "params/", "previous/")) else results).append(entity)
    readings = [
        crate.add(
            ContextEntity(
                crate,
                f"#reading-{name}",
                {"@type": "PropertyValue", "name": name, "value": option},
            )
        )
        for name, option in sorted(meta["readings"].items())
    ]
    action = crate.add(
        ContextEntity(
            crate,
            f"#run-{meta['run_id']}",
            {
                "@type": "CreateAction",
                "name": f"{meta['month']} 评价",
                "endTime": meta["as_of"],
                "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
            },
        )
    )
    action["instrument"] = software
    action["object"] = [*inputs, *readings]
    action["result"] = results
    crate.root_dataset["mentions"] = [action]
    crate.metadata.write(str(folder))
    # rocrate orders entities by insertion; keys are sorted here so that bytes never vary.
    document = read_json(folder / FILE)
    document["@graph"] = sorted(document["@graph"], key=lambda e: str(e["@id"]))
    write_json(document, folder / FILE)
