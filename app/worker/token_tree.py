"""Continuations that share beginnings, as a tree: a shared token is computed once and belongs to several sequences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.tasks.asking.token_prefixes import shared_length


def merge(sequences: Sequence[Sequence[int]]) -> tuple[list[tuple[int, int, list[int]]], list[list[int]]]:
    """Merge sorted sequences without their last token into a tree.

    Returns the nodes (token, depth, leaves below), parents first, and for each sequence the rows of its nodes.
    """
    nodes: list[tuple[int, int, list[int]]] = []
    by_prefix: dict[tuple[int, ...], int] = {}
    rows_of: list[list[int]] = []
    for leaf, sequence in enumerate(sequences):
        rows = []
        for depth in range(len(sequence) - 1):
            prefix = tuple(sequence[: depth + 1])
            if prefix not in by_prefix:
                by_prefix[prefix] = len(nodes)
                nodes.append((sequence[depth], depth, []))
            row = by_prefix[prefix]
            nodes[row][2].append(leaf)
            rows.append(row)
        rows_of.append(rows)
    return nodes, rows_of


def groups(
    order: Sequence[int], continuations: Sequence[Sequence[int]], *, max_tokens: int, max_sequences: int
) -> Iterable[list[int]]:
    """Split continuations, given in sorted order, into groups that fit the context's sequences and, merged, one batch."""
    group: list[int] = []
    size = 0
    for index in order:
        added = len(continuations[index]) - (shared_length(continuations[group[-1]], continuations[index]) if group else 0)
        if group and (len(group) >= max_sequences or size + added > max_tokens):
            yield group
            group, size, added = [], 0, len(continuations[index])
        group.append(index)
        size += added
    if group:
        yield group
