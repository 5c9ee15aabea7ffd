"""Everything on one machine: the embedded AWS, the simulated outside systems, and the commands that use them."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_SHARED = str(ROOT / "layers" / "shared" / "python")
if _SHARED not in sys.path:  # on AWS the layer does this
    sys.path.insert(0, _SHARED)
