"""Compiles the kernels of `dehusk.native` into the wheel where there is a C compiler; without one the wheel is pure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Contraction would make a*b+c one rounding instead of two: other bits than numpy's.
FLAGS = ("-std=c99", "-O3", "-fPIC", "-shared", "-ffp-contract=off", "-fvisibility=hidden")
LIBRARY = "kernels.so"


class KernelHook(BuildHookInterface[Any]):
    """An editable install gets the library beside its source, a wheel gets it at the same place."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or sys.platform == "win32":
            return
        source = Path(self.root, "src", "dehusk", "native")
        folder = source if version == "editable" else Path(self.directory, "native")
        folder.mkdir(parents=True, exist_ok=True)
        library = folder / LIBRARY
        library.unlink(missing_ok=True)  # one of older sources is worse than none
        if not self.compile(sorted(source.glob("*.c")), library):
            return
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
        if version != "editable":
            build_data["force_include"][str(library)] = f"dehusk/native/{LIBRARY}"

    def compile(self, sources: list[Path], library: Path) -> bool:
        compiler = os.environ.get("CC") or next(filter(shutil.which, ("cc", "gcc", "clang")), "")
        if not compiler:
            self.app.display_warning("no C compiler: dehusk will run on numpy alone, about half as fast")
            return False
        command = [*compiler.split(), *FLAGS, "-o", str(library), *map(str, sources), "-lm"]
        try:
            made = subprocess.run(command, capture_output=True, text=True)
        except OSError as error:
            self.app.display_warning(f"{compiler}: {error}; dehusk will run on numpy alone")
            return False
        if made.returncode:
            self.app.display_warning(f"{' '.join(command)}:\n{made.stderr}\ndehusk will run on numpy alone")
        return made.returncode == 0
