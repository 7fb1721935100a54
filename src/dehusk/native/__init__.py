"""Kernels in C for the innermost loops, where a compiler was there at the install; elsewhere numpy does their work.

What they give is what the numpy code beside their callers gives, products of matrices but for rounding: that code is
the law, and the tests compare the two. They get addresses of arrays and check nothing: every caller makes the arrays
itself, contiguous and of the types that the kernel wants.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

T = TypeVar("T")
_LIBRARY = "kernels.so"
_SWITCH = "DEHUSK_KERNELS"
"""An environment variable: "off" leaves all work to numpy, as on a machine that has no compiler."""
_VERSION = 13
"""That of the library, by kernels.h: one left over from another version of this package would read past its arrays."""
_TYPES = {"p": ctypes.c_void_p, "b": ctypes.c_char_p, "n": ctypes.c_int64, "h": ctypes.c_uint64}
# What comes back ("n" a number, "h" a hash, "-" nothing), and the parameters: "p" an address, "b" bytes, "n" a number.
_SIGNATURES = {
    "kernels_version": ("n", ""),
    "hash_pieces": ("n", "pppnnppp"),
    "hash_masked": ("-", "pppnpnpp"),
    "print_texts": ("n", "bnpnpnpnpppp"),
    "look_up": ("-", "pnhpppnpp"),
    "find_kin": ("-", "pnppnppp"),
    "describe_repeats": ("n", "pnnpppnppppp"),
    "run_batch": ("-", "pnppnnnpppppp"),
    "has_short_tags": ("n", "bnn"),
    "has_few_names": ("n", "bnn"),
    "count_tags": ("-", "bnpp"),
    "describe_blocks": ("n", "p"),
    "hash_word": ("h", "bn"),
    "count_chars": ("-", "bnpnpnppp"),
    "count_words": ("-", "pppnnppnppppp"),
    "find_triggers": ("-", "pppnppppnp"),
    "describe_hints": ("-", "ppnpppppnnnpp"),
    "ask_tables": ("-", "pppnppnnhp"),
    "add_layer": ("-", "pppnnn"),
    "has_wide": ("n", ""),
    "run_layers": ("n", "ppnnppnpppnnp"),
    "scale_rows": ("-", "pnnppnpn"),
    "link_words": ("-", "pppnppnnnppppppp"),
    "count_marks": ("-", "pnpnppnppp"),
    "count_buckets": ("-", "pppnnp"),
    "count_columns": ("-", "pppnnpnp"),
    "count_signs": ("-", "ppnpnnp"),
    "sum_counts": ("-", "pnnpnp"),
    "compare_counts": ("-", "pnpnppnpp"),
    "count_chains": ("-", "pppnpnpnpp"),
    "count_votes": ("-", "pppnpppnppnnnnnppp"),
    "read_lines": ("n", "pnpnpppppp"),
    "run_trees": ("-", "pnnpppnnpp"),
    "cumulate": ("-", "pnnp"),
    "sum_tables": ("-", "ppnpnnpp"),
    "walk_page": ("n", "p"),
    "find_bylines": ("n", "pnn"),
    "count_said": ("n", "bnpbnnnnppp"),
    "free_walk": ("-", "p"),
    "is_composed": ("n", "n"),  # called by a test alone: the table of ranges in walk.c is held to Unicode's
    "add_context": ("n", "npppppppp"),
}


@cache
def load_kernels() -> Any:
    """The library, its functions declared; None where it was not built, cannot be loaded, is another version's, or is
    switched off."""
    if os.environ.get(_SWITCH) == "off":
        return None
    try:
        library = ctypes.CDLL(str(Path(__file__).with_name(_LIBRARY)))
        for name, (result, parameters) in _SIGNATURES.items():
            function = getattr(library, name)
            function.restype = _TYPES.get(result)
            function.argtypes = [_TYPES[kind] for kind in parameters]
    except (OSError, AttributeError):
        return None
    return library if library.kernels_version() == _VERSION else None


def find_address(array: Any) -> int:
    """Where a contiguous numpy array's values stand; the caller keeps the array alive."""
    if array.flags.carray and array.size:  # which can be written to: half of the time
        return ctypes.addressof(ctypes.c_char.from_buffer(array))
    address: int = array.__array_interface__["data"][0]
    return address


def make_once(make: Callable[[], T]) -> Callable[[], T]:
    """`functools.cache` for arrays of which kernels have the addresses: whichever threads ask first, all get the same.

    There each of them makes one, and the last one made is kept: those of the others are gone while a kernel reads them.
    """
    lock, kept = Lock(), cache(make)

    def get() -> T:
        with lock:
            return kept()

    return get
