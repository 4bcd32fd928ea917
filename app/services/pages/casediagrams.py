"""Which diagrams a case's page offers, and which it shows first."""

from __future__ import annotations

from app.services.base.releases import Loaded
from app.store import (
    visitrows,
    work,
)
from app.store.models import Case


def diagrams(loaded: Loaded) -> list[tuple[str, str]]:
    """(process id, title) of each diagram file, in the order of the stages and by their titles; the wrapper last."""
    files: dict[str, tuple[str, str]] = {}
    for stage in loaded.package.stages:
        for process in stage.processes:
            info = loaded.package.processes.get(process)
            if info is not None:
                files.setdefault(info.file, (info.id, stage.title))
    for info in loaded.package.processes.values():
        files.setdefault(info.file, (info.id, info.name or info.id))
    return list(files.values())


# Elements that hold a token while one of theirs stands inside.
_AROUND = {"callActivity", "subProcess"}


def first_diagram(case: Case, loaded: Loaded) -> str:
    """The diagram to show first: where somebody has to act, or else the stage's."""
    elements = loaded.package.elements
    opened = [elements[row.element] for row in work.open_tasks(case.id) if row.element in elements]
    places = [place.file for place in sorted(opened, key=lambda place: place.flag("beside"))]
    if not places and not case.ended:  # it waits for time to pass
        standing = [row for row in visitrows.visits(case.id) if row.stands and row.element in elements]
        places = [elements[row.element].file for row in standing if elements[row.element].kind not in _AROUND]
    stage = next((stage for stage in loaded.package.stages if stage.id == case.stage), None)
    staged = (loaded.package.processes.get(process) for process in (stage.processes if stage else ()))
    places += [info.file for info in staged if info is not None]
    shown = diagrams(loaded)
    files = {loaded.package.processes[process].file: process for process, _ in shown}
    return next((files[file] for file in places if file in files), shown[0][0] if shown else "")
