"""Judge a run folder's RO-Crate by the official validator; run by the validator's own Python.

python validate_crate.py RUN CONTEXT: CONTEXT is the JSON-LD context that the rocrate package
brings; it answers for the one on the net, and nothing else of the net is asked. Exits with 1 when
something that a profile requires is not so; what it recommends is told.
"""

import io
import sys
from pathlib import Path

from requests import ConnectionError, PreparedRequest, Response
from requests.adapters import HTTPAdapter
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings
from urllib3 import HTTPResponse

PROFILES = ("ro-crate-1.1", "process-run-crate-0.5")
CONTEXTS = "https://w3id.org/ro/crate/"


def main(run: Path, context: Path) -> int:
    """Print what the validator says of `run` and return the exit code."""
    known = context.read_bytes()

    def send(adapter: HTTPAdapter, request: PreparedRequest, **_: object) -> Response:
        if not (request.url or "").startswith(CONTEXTS):
            raise ConnectionError(f"not asked: {request.url}")
        return adapter.build_response(
            request,
            HTTPResponse(
                io.BytesIO(known),
                {"Content-Type": "application/ld+json"},
                status=200,
                preload_content=False,
            ),
        )

    HTTPAdapter.send = send
    broken = 0
    for profile in PROFILES:
        result = services.validate(
            ValidationSettings(
                rocrate_uri=str(run),
                profile_identifier=profile,
                requirement_severity=Severity.RECOMMENDED,
            )
        )
        issues = sorted(result.get_issues(), key=lambda i: (-i.severity.value, i.check.identifier))
        for issue in issues:
            print(f"  {issue.severity.name} {issue.check.identifier}: {issue.message}")
        required = sum(i.severity.value >= Severity.REQUIRED.value for i in issues)
        print(f"{profile}: {len(result.executed_checks)} checks, {required} required ones failed")
        broken += required
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
