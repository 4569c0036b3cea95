"""Pseudonyms and their key."""

import stat

import pytest

from dalian_eval.base.errors import UsageError
from dalian_eval.cli import invoke
from dalian_eval.public.projection import names_of
from dalian_eval.public.pseudonyms import fingerprint, make_key, pseudonyms, read_key

KEY, OTHER = bytes(32), bytes(31) + b"\x01"
OFFICERS = [f"0612{n:04d}" for n in range(300)]


def test_they_are_the_same_for_a_key_and_a_year_only():
    first = pseudonyms(KEY, 2024, OFFICERS)
    assert pseudonyms(KEY, 2024, OFFICERS[5:9]) == {o: first[o] for o in OFFICERS[5:9]}
    for others in (pseudonyms(KEY, 2025, OFFICERS), pseudonyms(OTHER, 2024, OFFICERS)):
        assert not set(others.values()) & set(first.values())
    assert len(set(first.values())) == len(OFFICERS)
    assert sorted(OFFICERS, key=lambda o: first[o]) != OFFICERS
    assert fingerprint(KEY) != fingerprint(OTHER)


def test_equal_ones_grow_and_begin_as_before(monkeypatch):
    known = pseudonyms(KEY, 2024, OFFICERS)
    monkeypatch.setattr("dalian_eval.public.pseudonyms._SHORTEST", 2)
    longer = pseudonyms(KEY, 2024, OFFICERS)
    assert {len(alias) for alias in longer.values()} == {7}
    assert all(known[o].startswith(longer[o]) for o in OFFICERS)
    assert len(set(longer.values())) == len(OFFICERS)


def test_a_key_is_made_once_and_is_its_owners(tmp_path, capsys):
    path = tmp_path / "密钥" / "代号.txt"
    assert invoke(["pseudonym-key", "--to", str(path)]) == 0
    assert str(path) in capsys.readouterr().out
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text()
    assert invoke(["pseudonym-key", "--to", str(path)]) == 2
    assert "已经存在" in capsys.readouterr().err
    assert path.read_text() == before
    assert len(read_key(path)) == 32
    make_key(tmp_path / "another")
    assert read_key(tmp_path / "another") != read_key(path)


@pytest.mark.parametrize("content", [b"", b"secret", b"0" * 63, "密钥".encode(), b"\xff" * 64])
def test_what_is_no_key_is_refused(tmp_path, content):
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"--pseudonym-key.*pseudonym-key --to"):
        read_key(path)


def test_no_key_or_one_that_would_be_handed_on_is_refused(tmp_path):
    with pytest.raises(UsageError, match="pseudonym-key --to"):
        read_key(None)
    with pytest.raises(UsageError, match="pseudonym-key --to"):
        read_key(tmp_path / "没有")
    make_key(tmp_path / "raw" / "key")
    with pytest.raises(UsageError, match="移到别处"):
        read_key(tmp_path / "raw" / "key", tmp_path / "raw")


def test_a_unit_that_is_called_by_a_person_is_called_by_its_code():
    units = {
        "D01": ("东片执法局", "P1"),
        "D02": ("甲某工作室", "P2"),
        "甲某组": ("第三组", "P3"),
        "0612": ("证号06120001班", "P4"),
        "D05": ("", "P5"),
    }
    names = names_of({"06120001": "P6"}, units, ["甲某", "06120001"])
    assert names.units == {
        "D01": "东片执法局",
        "D02": "D02",
        "P3": "第三组",
        "0612": "0612",
        "D05": "D05",
    }
    assert names.codes["unit", "甲某组"] == "P3"
    assert names.titles["officer", names.codes["officer", "06120001"]] == "人员P6"
    assert names.hidden == 3
