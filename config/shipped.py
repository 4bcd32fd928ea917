"""Where the files lie that come with the program and are no Python: process packages (bpmn/) and manuals (docs/).

In the source tree they stand beside the code. A wheel carries them inside `app`: names such as `docs` are not ours to
take in the folder that all installed programs share.
"""

from __future__ import annotations

from pathlib import Path

_CODE = Path(__file__).resolve().parents[1]
BUNDLED = "app/bundled"  # where pyproject.toml has the wheel put them
ROOT = _CODE if (_CODE / "pyproject.toml").is_file() else _CODE / BUNDLED
