"""Run every part of the bench and print its lines: name ratio target met|short. Ends with 1 only when a part breaks."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the parts one after the other, so that none disturbs another's times."""
    parts = [part for part in sorted(HERE.glob("*.py")) if part.name != Path(__file__).name]
    return max(subprocess.run([sys.executable, part], check=False).returncode for part in parts)


if __name__ == "__main__":
    sys.exit(main())
