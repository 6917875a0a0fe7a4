"""How Hypothesis is used here: the same examples in each run, fewer in Pyodide, for mutants, and
where the core's long tables are SAMPLED too.

New examples are `make fuzz`'s work; what it finds is kept as a case in inputs.
"""

import os
import sys

from hypothesis import settings

FEW = 40
MANY = 400

settings.register_profile("few", max_examples=FEW, deadline=None, derandomize=True)
settings.register_profile("many", max_examples=MANY, deadline=None, derandomize=True)
settings.load_profile("few" if sys.platform == "emscripten" or "SAMPLED" in os.environ else "many")
