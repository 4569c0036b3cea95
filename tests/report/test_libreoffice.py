"""LibreOffice opens narrative.docx and scores.xlsx and prints them on the paper they are for."""

import re
import subprocess

from pypdf import PdfReader

from tests.conftest import SOFFICE


def test_libreoffice_prints_both(demo_run, tmp_path):
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = [str(demo_run / name) for name in ("narrative.docx", "scores.xlsx")]
    command = [SOFFICE, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *files], check=True, capture_output=True, timeout=180)
    paper, book = (PdfReader(tmp_path / f"{name}.pdf") for name in ("narrative", "scores"))
    for reader, (width, height) in ((paper, (210, 297)), (book, (297, 210))):
        for page in reader.pages:
            assert abs(float(page.mediabox.width) - width * 72 / 25.4) < 1
            assert abs(float(page.mediabox.height) - height * 72 / 25.4) < 1
    assert len(paper.pages) <= 10
    first = re.sub(r"\s", "", paper.pages[0].extract_text())
    assert "2024年度执法大练兵总结报告" in first
    assert "一、总体情况" in first
    assert "—2—" in re.sub(r"\s", "", paper.pages[1].extract_text())
