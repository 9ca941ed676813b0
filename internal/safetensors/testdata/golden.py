"""Wrote golden.safetensors with safetensors 0.8.0 and numpy 2.4.6, once:

    python golden.py

The Go tests expect these tensors and this metadata of it.
"""

import os

import numpy as np
from safetensors.numpy import save_file

save_file(
    {
        "weights": np.array([[0.1, -2.5, 1e300], [5e-324, -0.0, 1 / 3]], dtype="<f8"),
        "scalar": np.array(42.0, dtype="<f8"),
        "empty": np.zeros((3, 0), dtype="<f8"),
        "steps": np.array([-(2**63), -1, 2**63 - 1], dtype="<i8"),
        "pcg": np.array([2**64 - 1, 1], dtype="<u8"),
        'é "quoted"\n': np.array([1.0], dtype="<f8"),
    },
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.safetensors"),
    metadata={"note": 'from Python: \t"é"\\\u2028\x01'},
)
