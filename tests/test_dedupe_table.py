"""The band table, the columns, and what of them goes to disk."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dehusk.dedupe import columns, signatures, table
from dehusk.dedupe.bands import (
    COLUMNS,
    KEYS_A_TAG,
    find_repeated,
    make_keys,
    make_tags,
    read_columns,
    shorten,
)
from dehusk.dedupe.columns import Column, Spill
from dehusk.dedupe.signatures import Sets, Signed, sign_texts
from dehusk.dedupe.table import BandTable


class Model:
    """A table, and beside it a dict that it must agree with."""

    def __init__(self) -> None:
        self.hashes = np.zeros(0, np.uint32)
        self.table = BandTable(lambda numbers, tags: self.hashes[numbers])
        self.entered: defaultdict[tuple[int, int], list[int]] = defaultdict(list)

    def add(self, hashes: np.ndarray[Any, Any], tags: np.ndarray[Any, Any]) -> None:
        numbers = np.arange(len(self.hashes), len(self.hashes) + len(hashes))
        self.hashes = np.concatenate((self.hashes, hashes))
        self.table.reserve(len(hashes), records=len(self.hashes))
        self.table.add(self.table.find(hashes, tags).ends, numbers, tags)
        for number, key in enumerate(zip(hashes.tolist(), tags.tolist(), strict=True), int(numbers[0])):
            self.entered[key].append(number)

    def check(self) -> None:
        keys = list(self.entered)
        hashes, tags = np.array(keys, np.uint32).T
        found = self.table.find(hashes, tags)
        pairs = {*zip(found.places.tolist(), found.numbers.tolist(), strict=True)}
        assert len(pairs) == len(found.places)  # nothing twice
        assert pairs >= {(place, number) for place, key in enumerate(keys) for number in self.entered[key]}
        assert self.table.is_sound(len(self.hashes), tags=255)
        assert self.table.used == len(self.hashes) == np.count_nonzero(self.table.slots)


BATCHES = st.lists(
    st.tuples(st.integers(1, 700), st.sampled_from([1, 3, 1 << 20, 1 << 28, 1 << 32]), st.integers(0, 99)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(BATCHES)
def test_all_that_was_entered_is_found(batches: list[tuple[int, int, int]]) -> None:
    """Also where hashes crowd, at either end."""
    model = Model()
    for count, spread, seed in batches:
        rng = np.random.default_rng(seed)
        hashes = rng.integers(0, spread, count).astype(np.uint32)
        model.add(~hashes if seed % 2 else hashes, rng.integers(1, 232, count).astype(np.uint32))
    model.check()


def test_it_grows_where_its_last_rows_are_full() -> None:
    model = Model()
    for tag in range(1, 200):
        model.add(np.full(16, 0xFFFFFFFF, np.uint32), np.full(16, tag, np.uint32))
    model.check()


def test_slots_are_wide_for_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "NARROW_RECORDS", 1000)
    model, rng = Model(), np.random.default_rng(1)
    for _ in range(8):
        model.add(rng.integers(0, 1 << 32, 300, np.uint32), rng.integers(1, 232, 300).astype(np.uint32))
    assert model.table.slots.dtype == np.uint64
    model.check()


@pytest.mark.parametrize(("batches", "slots", "rows"), [(65, 1.14, 3.0), (67, 2.25, 0.1)])
def test_a_record_costs_few_bytes_and_rows_are_few(batches: int, slots: float, rows: float) -> None:
    """What the speed hangs on, counted before and after it grows: slots an entry, rows beyond the home."""
    model, rng = Model(), np.random.default_rng(1)
    for _ in range(batches):
        model.add(rng.integers(0, 1 << 32, 2000, np.uint32), rng.integers(1, 232, 2000).astype(np.uint32))
    homes = model.table._home(model.hashes)
    ends = model.table.find(model.hashes, np.ones(len(homes), np.uint32)).ends
    assert model.table.slots.size < slots * len(model.hashes)
    assert np.mean(ends - homes) < rows
    assert np.max(ends - homes) < 20 * rows


def test_tags_name_their_columns() -> None:
    columns_of = np.repeat(np.arange(COLUMNS, dtype=np.uint32), 100)
    hashes = np.random.default_rng(1).integers(0, 1 << 32, len(columns_of), np.uint32)
    tags = make_tags(hashes, columns_of)
    assert tags.min() == 1
    assert tags.max() == COLUMNS * KEYS_A_TAG <= 255
    assert np.array_equal(read_columns(tags), columns_of)


def test_repeated_keys_of_a_batch() -> None:
    texts = [" ".join(f"w{i}x{j}" for j in range(40)) for i in (0, 1, 2, 1, 3, 1)]
    signed = sign_texts([*texts, "short", "short", "other"])
    keys = make_keys(signed, shorten(signed))
    repeated = find_repeated(keys)
    assert sorted(keys.texts[repeated].tolist()) == [*[1] * COLUMNS, *[3] * COLUMNS, *[5] * COLUMNS, 6, 7]
    named = list(zip(keys.columns[repeated].tolist(), keys.words[repeated].tolist(), strict=True))
    assert len(set(named)) == sum(
        a != b for a, b in zip(named, [None, *named], strict=False)
    )  # equal ones together


def test_a_column_goes_on_from_a_mapped_one() -> None:
    column = Column(np.uint32, width=2, base=np.arange(6, dtype=np.uint32).reshape(3, 2))
    for start in range(6, 400, 2):
        column.extend(np.array([[start, start + 1]], np.uint32))
    whole = np.concatenate(column.parts())
    places = np.array([199, 0, 2, 3, 0, 150])
    assert np.array_equal(whole, np.arange(400).reshape(-1, 2))
    assert np.array_equal(column.take(places), whole[places])
    assert np.array_equal(column.pick(places, places % 2), whole[places, places % 2])


def test_what_is_spilled_can_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_SPILLED", 100)
    spill = Spill(np.arange(7, dtype=np.uint32))
    bounds = [7]
    for length in [0, 1, 40, 70, 5, 200, 3, 99, 99, 0, 1]:
        spill.add(np.arange(bounds[-1], bounds[-1] + length, dtype=np.uint32))
        bounds.append(bounds[-1] + length)
    assert spill.nbytes < 4 * 400
    for start, stop in pairwise(bounds):
        assert spill.read(start, stop).tolist() == list(range(start, stop))
    pieces = [spill.read(start, stop) for start, stop in spill.bounds(30)]
    assert max(map(len, pieces)) <= 30
    assert np.array_equal(np.concatenate(pieces), np.arange(bounds[-1]))


def test_a_kept_record_takes_few_bytes() -> None:
    """In memory, whatever its length: 152 and what the table takes."""
    from dehusk.dedupe.kept import Kept

    rng = np.random.default_rng(1)
    kept = Kept()
    for _ in range(40):
        one_each = Sets(np.zeros(256, np.uint32), np.arange(257))
        signed = Signed(
            rng.integers(0, 1 << 32, (256, 128), np.uint32),
            np.arange(256, dtype=np.uint64),
            one_each,
            one_each,
        )
        kept.add(["a" * 20] * 256, signed, texts=list(range(256)), bands=shorten(signed))
    assert (kept.nbytes - kept.spill.nbytes) / len(kept) < 152 * 9 / 8 + 1


def test_our_parameters_are_those_of_datasketch() -> None:
    from datasketch import MinHash
    from datasketch.lsh import _optimal_param

    from dehusk.dedupe.bands import BAND_ROWS, BANDS

    assert _optimal_param(0.4, signatures.PERMUTATIONS, 0.5, 0.5) == (BANDS, BAND_ROWS)
    theirs = MinHash(signatures.PERMUTATIONS, seed=signatures.SEED, scheme="affine32").permutations
    assert all(np.array_equal(a, b) for a, b in zip(signatures._permutations(), theirs, strict=True))
