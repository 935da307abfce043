"""Fuzz one reader with atheris for some seconds: `python -m fuzz.run TARGET SECONDS FOLDER`.

What it finds lies in FOLDER; the process ends with an error then.  An input that takes 20 s or a process of 1 GB is a
finding, too.
"""

import sys
from pathlib import Path

import atheris


def main(name: str, seconds: str, folder: str) -> None:
    """Fuzz the reader NAME."""
    seeds = Path(folder) / "seeds"
    seeds.mkdir()
    with atheris.instrument_imports(include=["campaign", "fuzz"]):
        from fuzz.targets import MISTAKE, TARGETS, once  # noqa: PLC0415 -- instrumented on the way in

        target = TARGETS.get(name, MISTAKE)
        for number, data in enumerate(target.seeds()):
            once(target, data)  # loads what is loaded at its first use only
            (seeds / str(number)).write_bytes(data)
    bounds = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=1024", "-max_len=20000", "-seed=1"]
    atheris.Setup([name, *bounds, f"-artifact_prefix={folder}/", str(seeds)], lambda data: once(target, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
