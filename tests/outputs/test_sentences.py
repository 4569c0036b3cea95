"""People read sentences: no id of a clause, reading, column or table stands in one."""

import re
from pathlib import Path

import pytest

from dalian_eval.base.csvfile import read_csv
from dalian_eval.outputs.tables import OUTPUTS
from dalian_eval.rubric.sentences import rule_sentences
from dalian_eval.rubric_file.load import load_rubric
from dalian_eval.schema.tables import TABLES

RUBRIC = load_rubric(Path(__file__).parents[2] / "params" / "rubrics" / "2024.yaml")
SENTENCES = ("reason", "rule", "rule_text", "fix", "because", "changed", "bound", "title", "note")
"""Columns of the record that are told to people."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z_.]*")


def identifiers() -> set[str]:
    """Return every word of program and rubric that is no word of a sentence."""
    nodes = {name for section in (RUBRIC.unit, RUBRIC.officer) for name in section.nodes}
    options = {option for reading in RUBRIC.readings.values() for option in reading.options}
    columns = {column for output in OUTPUTS.values() for column in output.names}
    return {
        *nodes,
        *(name.rsplit(".", 1)[-1] for name in nodes),
        *(name.partition(".")[2] for name in nodes),
        *RUBRIC.readings,
        *options,
        *columns,
        *OUTPUTS,
        *(table.name for table in TABLES),
        *(column.name for table in TABLES for column in table.columns),
    }


ALTERNATIVES = [
    (name, option) for name, reading in RUBRIC.readings.items() for option in reading.options
]


@pytest.mark.parametrize(("reading", "option"), ALTERNATIVES)
def test_no_rule_is_told_with_an_id(reading, option):
    rubric = load_rubric(
        Path(__file__).parents[2] / "params" / "rubrics" / "2024.yaml", {reading: option}
    )
    known = identifiers()
    for section in (rubric.unit, rubric.officer):
        for name, clause in section.clauses.items():
            told = "".join(rule_sentences(clause, section, rubric.period))
            assert not {*_WORD.findall(told)} & known, (name, told)


def test_no_sentence_of_the_demo_record_holds_an_id(demo_run):
    known = identifiers()
    read = 0
    for path in demo_run.glob("*.csv"):
        table = read_csv(path)
        for column in {*table.columns} & {*SENTENCES}:
            for text in table[column].unique():
                read += 1
                assert not {*_WORD.findall(text)} & known, (path.name, column, text)
    assert read > 1000
