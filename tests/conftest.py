"""What holds for every test: a check that needs a tool which CAMPAIGN_REQUIRE names may not be left out."""

import os
import re
from collections.abc import Generator

import pytest

LEFT_OUT = re.compile(r"not run: ([\w.-]+)")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn `not run: TOOL missing` into a failure where the tool must be there."""
    report = yield
    reason = report.longrepr[2] if report.skipped and isinstance(report.longrepr, tuple) else ""
    found = LEFT_OUT.search(reason)
    if found and found[1] in os.environ.get("CAMPAIGN_REQUIRE", "").split():
        report.outcome = "failed"
        report.longrepr = f"{found[1]} must be here (CAMPAIGN_REQUIRE), but: {reason}"
    return report
