"""The kinds of answers, one file each.

Every module of this package is loaded here, and each class in it that names a ``kind`` is in
:data:`SCALES`: a new scale is a new file and nothing else.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from rubricwidgets.scales.base import SCALES, Scale, scale_from_dict

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["SCALES", "Scale", "scale_from_dict"]
