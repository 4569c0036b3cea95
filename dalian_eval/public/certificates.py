"""The certificates as the public edition tells them: under public codes, in their order."""

from pathlib import Path

from dalian_eval.outputs.csv_files import write_public_table
from dalian_eval.public.projection import Names
from dalian_eval.report.certificates.certificate_view import (
    Certificates,
    certified_of,
    load_tables,
)
from dalian_eval.sensitivity.certificates import Candidates, Certificate, certify_section
from dalian_eval.sensitivity.certify import certificate_frames
from dalian_eval.sensitivity.embedded import to_json


def write_certificates(
    made: Certificates, names: Names, most_cells: int, folder: Path
) -> Certificates:
    """Write the tables of the certificates into `folder`; return what pages are made of.

    They are made anew with the candidates in the order of their public codes: whoever stands first
    of equals tells nothing of the real ones. `most_cells`: see `certificates.certified`. The points
    of every part under every reading (certificate.json) are not published.
    """
    found = [_renamed(made, kind, names, most_cells) for kind in made.spaces]
    for name, frame in certificate_frames(found).items():
        write_public_table(name, frame, folder)
    return certified_of(made.rubric, to_json(found, made.rubric), load_tables(folder))


def _renamed(made: Certificates, kind: str, names: Names, most_cells: int) -> Certificate:
    space, who, _ = made.spaces[kind]
    codes = [names.codes[kind, candidate] for candidate in who.ids]
    order = sorted(range(len(codes)), key=codes.__getitem__)
    ids = [codes[i] for i in order]
    titles = [names.titles[kind, code] for code in ids]
    return certify_section(
        space.of(order), Candidates(ids, titles, who.low[order], who.high[order]), most_cells
    )
