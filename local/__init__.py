"""Everything on one machine: an embedded AWS, the outside systems simulated, and the commands for both."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_SHARED = str(ROOT / "layers" / "shared" / "python")
if _SHARED not in sys.path:  # on AWS the layer does this
    sys.path.insert(0, _SHARED)
