"""A correction workbook that LibreOffice saved after it was filled in."""

import shutil
import subprocess

from conftest import SOFFICE
from mending import ANSWERS, again, assert_mended, fill, lay_out, workbook


def test_a_workbook_that_libreoffice_saved_is_accepted_as_xlsx_and_xls(office, tmp_path):
    bureau = lay_out(office)
    bureau.clean()
    path = workbook(bureau, "更正/更正.xlsx")
    fill(path, ANSWERS)
    for ending in ("xlsx", "xls"):
        subprocess.run(
            [
                SOFFICE,
                f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
                "--headless",
                "--convert-to",
                ending,
                "--outdir",
                str(tmp_path / "saved"),
                str(path),
            ],
            check=True,
            capture_output=True,
        )
    path.unlink()
    for saved in sorted((tmp_path / "saved").iterdir()):
        target = bureau.raw / "更正" / saved.name
        shutil.copyfile(saved, target)
        again(bureau)
        assert_mended(bureau)
        target.unlink()
