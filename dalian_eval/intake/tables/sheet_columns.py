"""Where the columns of a sheet stand that is looked at once more, as its problems name them."""

from dalian_eval.intake.files.sheets import Readable
from dalian_eval.intake.tables.headers import HeaderMap
from dalian_eval.intake.tables.recognise import own_columns, recognise


def sheet_columns(
    sheet: Readable, file: str, headers: HeaderMap, mapped_header: int = 0
) -> dict[str, int]:
    """Return header → position from 0: the schema's headers; of a mapped sheet its own.

    `mapped_header`: the number of the header's row in a sheet that a mapping read, else 0.
    """
    if mapped_header:
        return own_columns(sheet.top, mapped_header - 1)
    header = recognise(sheet.top, sheet.name, file, headers).header
    if header is None:
        return {}
    return {header.table[name].header: place for name, place in header.columns.items()}
