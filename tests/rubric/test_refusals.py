"""Wrong edits of the rubric: each is refused, at its own line, with the word that was meant."""

from pathlib import Path

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.base.yaml_faults import read_yaml
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.tables import SHIPPED, using, with_tables_of

TEXT = Path("params/rubrics/2024.yaml").read_text(encoding="utf-8")
CITY = Path("tests/rubric/responsibility")
EDITS = read_yaml(Path("tests/rubric/wrong_edits.yaml"))


def changed(tmp_path, old, new, text=TEXT):
    """The rubric file with one edit, and the line on which the edit stands."""
    assert old in text
    place = text.index(old)
    path = tmp_path / "x.yaml"
    path.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")
    same = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(new))
    return path, text[:place].count("\n") + new[:same].count("\n") + 1


@pytest.mark.parametrize("name", EDITS)
def test_a_wrong_edit_is_refused_at_its_line(tmp_path, name):
    edit = EDITS[name]
    project = Path(edit["of"]) if "of" in edit else None
    text = TEXT if project is None else (project / "rubrics/2025.yaml").read_text(encoding="utf-8")
    path, line = changed(tmp_path, edit["old"], edit["new"], text)
    tables = SHIPPED if project is None else with_tables_of(project / "tables.yaml")
    with using(tables), pytest.raises(UsageError) as caught:
        load_rubric(path)
    message = str(caught.value)
    assert "x.yaml" in message and str(edit["says"]) in message, message
    if "told_at" not in edit:
        assert f"第{line}行：" in message, message


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    text = TEXT
    names = (
        "a value outside the vocabulary",
        "equal tiers",
        "a misspelt key",
        "a metric that does not exist",
    )
    for name in names:
        text = text.replace(EDITS[name]["old"], EDITS[name]["new"], 1)
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="有4处错误") as caught:
        load_rubric(path)
    for name in names:
        assert EDITS[name]["says"] in str(caught.value)


def test_an_option_that_was_not_chosen_is_looked_at_too(tmp_path):
    path, line = changed(tmp_path, "files: officer.cases.files}", "files: officer.honour}")
    with pytest.raises(UsageError, match=rf"第{line}行：.*上级条目"):
        load_rubric(path)


def test_a_rubric_may_have_no_readings(tmp_path):
    text = (CITY / "rubrics/2025.yaml").read_text(encoding="utf-8")
    start, end = text.index("readings:\n"), text.index("unit:\n")
    text = text[:start] + text[end:]
    text = text.replace("{by_reading: short_notes, counted: all, left_out: without_notes}", "all")
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    with using(with_tables_of(CITY / "tables.yaml")):
        assert load_rubric(path).readings == {}
