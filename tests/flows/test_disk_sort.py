"""Sorting more texts than memory holds."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from random import Random

import pytest

from moment_xledger.flows import disk_sort
from moment_xledger.flows.disk_sort import DiskSort

BLOCK = 64


@pytest.fixture(autouse=True)
def small_blocks() -> Iterator[None]:
    """So that texts end in the middle of one, and the file goes to disk."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk_sort, "BLOCK", BLOCK)
        patch.setattr(disk_sort, "IN_MEMORY", 1_000)
        yield


def in_order(*some: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    with closing(DiskSort()) as texts:
        for each in some:
            texts.add(each)
        return list(texts)


def test_what_was_added_at_different_times_comes_in_one_order() -> None:
    assert in_order([(3, "c"), (1, "a")], [(4, "d"), (2, "b")]) == [(1, "a"), (2, "b"), (3, "c"), (4, "d")]


def test_nothing_is_nothing() -> None:
    assert in_order() == in_order([], []) == []


def test_texts_are_as_they_were() -> None:
    texts = [(n, text) for n, text in enumerate(["", "æøå €", "a\r\nb\r\n", "x" * 3 * BLOCK])]
    assert in_order(texts[::2], texts[1::2]) == texts


@pytest.mark.parametrize("seed", range(20))
def test_any_texts_in_any_portions_are_sorted(seed: int) -> None:
    random = Random(seed)
    texts = [(n, "ø" * random.randrange(BLOCK)) for n in random.sample(range(2**40), 200)]
    portions, left = [], texts
    while left:
        size = random.randint(1, 40)
        portions.append(left[:size])
        left = left[size:]
    assert in_order(*portions) == sorted(texts)


def test_it_can_be_read_twice_and_by_two_at_once() -> None:
    with closing(DiskSort()) as texts:
        texts.add((n, str(n)) for n in range(0, 100, 2))
        texts.add((n, str(n)) for n in range(1, 100, 2))
        assert [one for one, _ in zip(texts, texts, strict=True)] == list(texts)
