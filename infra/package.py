"""`make package`: the stack that ships, as one zip and one CloudFormation template in build/package.

Chalice builds the zip and merges the template. Beyond that a package fails here for what Chalice only warns
of, or does not see: a wheel that Lambda lacks, a part that no pin names, no templates, or too much of it all.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from infra.slim import slim
from infra.template import Document, answering, completed, to_merge

PROJECT = Path(__file__).parent.parent
BUILD = PROJECT / "build" / "package"
LARGEST = 200_000_000
"""Bytes unzipped. Lambda's own limit is 250 MiB; what is left is for the features to come."""

_NEEDED = ("app.py", "chalice/app.py", "chalicelib/core/settings.py", "templates/pages/", "templates/email/")


class PackageError(Exception):
    """The package must not ship; the message lists every reason."""


@dataclass(frozen=True)
class Package:
    """A finished package: both files, and the zip's sizes in bytes."""

    template: Path
    zip_file: Path
    zipped: int
    unzipped: int


def package(out: Path = BUILD) -> Package:
    """Build the package into a folder. Raises PackageError where the outcome must not ship."""
    out = out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    merge = out / "resources.json"
    merge.write_text(json.dumps(to_merge()))
    _run_chalice(out, merge)
    slim(out / "deployment.zip")
    template = out / "template.json"
    template.write_text(json.dumps(completed(json.loads((out / "sam.json").read_text())), indent=1))
    merge.unlink()
    (out / "sam.json").unlink()
    return checked(template, out / "deployment.zip")


def _run_chalice(out: Path, merge: Path) -> None:
    """Chalice takes every file of `chalicelib`: so it finds a copy, without what was or is being compiled."""
    chalice = Path(sys.executable).parent / "chalice"
    command = [str(chalice), "package", "--stage", "api", "--merge-template", str(merge), str(out)]
    # The template is the same for every region, but Chalice wants one named.
    environment = {"AWS_DEFAULT_REGION": "us-east-1", **os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(
            PROJECT / "chalicelib", Path(folder) / "chalicelib", ignore=shutil.ignore_patterns("__pycache__")
        )
        for name in (".chalice", "app.py", "requirements.txt", "templates", "vendor"):
            (Path(folder) / name).symlink_to(PROJECT / name)
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise PackageError(done.stdout + done.stderr)


def checked(template: Path, zip_file: Path) -> Package:
    """The package that these files are. Raises PackageError where it must not ship."""
    with zipfile.ZipFile(zip_file) as archive:
        infos = archive.infolist()
    unzipped = sum(info.file_size for info in infos)
    pins = read_pins((PROJECT / "requirements.txt").read_text())
    wrongs = faults([info.filename for info in infos], pins) + unknown(json.loads(template.read_text()))
    if unzipped >= LARGEST:
        wrongs.append(f"{unzipped:,} bytes unzipped; the limit is {LARGEST:,}")
    if wrongs:
        raise PackageError("\n".join(wrongs))
    return Package(template, zip_file, zip_file.stat().st_size, unzipped)


def unknown(template: Document) -> list[str]:
    """What resources.yaml adds to, but Chalice did not make: a misspelt name, or one that app.py lacks."""
    resources = template["Resources"]
    wrongs = [
        f"app.py has no such function: {name}" for name, made in resources.items() if "Type" not in made
    ]
    for name, made in resources.items():
        events = (
            made.get("Properties", {}).get("Events", {})
            if made.get("Type", "").endswith("::Function")
            else {}
        )
        wrongs += [
            f"{name} has no such event: {event}" for event, source in events.items() if "Type" not in source
        ]
    paths = resources["RestAPI"]["Properties"]["DefinitionBody"]["paths"]
    for function, parts in template["Metadata"]["Routes"].items():
        wrongs += [
            f"app.py has no such path: /{part} ({function})"
            for part in parts
            if not any(answering(path, {function: [part]}) for path in paths)
        ]
    return wrongs


def read_pins(requirements: str) -> dict[str, str]:
    """Name to version, names normalised (PEP 503), of the lines `name==version` that hold for this Python."""
    lines = (line.partition(" #")[0].strip() for line in requirements.splitlines())
    pins = [Requirement(line) for line in lines if re.match(r"[A-Za-z0-9._-]+==", line)]
    held = [one for one in pins if one.marker is None or one.marker.evaluate()]
    return {normalised(one.name): str(one.specifier).removeprefix("==") for one in held}


def normalised(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def faults(names: list[str], pins: dict[str, str]) -> list[str]:
    """Why a zip with these file names must not ship, given what requirements.txt pins; empty when it may."""
    installed = {
        normalised(match[1]): match[2]
        for name in names
        if (match := re.match(r"([^/]+)-([^/-]+)\.dist-info/METADATA$", name))
    }
    wrongs = [f"no wheel for Lambda: {name}=={pins[name]}" for name in sorted(pins.keys() - installed.keys())]
    wrongs += [
        f"ships without a pin: {name}=={installed[name]}" for name in sorted(installed.keys() - pins.keys())
    ]
    wrongs += [
        f"pinned {pins[name]}, shipped {installed[name]}: {name}"
        for name in sorted(pins.keys() & installed.keys())
        if pins[name] != installed[name]
    ]
    wrongs += [
        f"missing: {needed}" for needed in _NEEDED if not any(name.startswith(needed) for name in names)
    ]
    top = {name.split("/")[0] for name in names}
    wrongs += [
        f"must not ship: {name}"
        for name in sorted(top & {"tests", "infra", "docs", "moto", "boto3", "pytest"})
    ]
    return wrongs


def main() -> int:
    """Package, and say what came out of it."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.package", description="Build the stack that ships."
    )
    parser.add_argument("out", nargs="?", type=Path, default=BUILD, help="folder to build into")
    try:
        done = package(parser.parse_args().out)
    except PackageError as error:
        print(f"The package must not ship:\n{error}", file=sys.stderr)
        return 1
    print(done.template)
    print(f"{done.zip_file}: {done.zipped / 1e6:.1f} MB zipped, {done.unzipped / 1e6:.1f} MB unzipped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
