"""Trees of continuations and drafts: every token has its place, nothing is computed twice."""

from hypothesis import given
from hypothesis import strategies as st

from app.worker.drafts import DRAFT_TOKENS, DraftSource
from app.worker.token_tree import groups, merge

SEQUENCES = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=6), max_size=12).map(sorted)


@given(SEQUENCES)
def test_the_rows_of_a_sequence_spell_it_without_its_last_token(sequences: list[list[int]]):
    nodes, rows_of = merge(sequences)
    for leaf, sequence in enumerate(sequences):
        assert [nodes[row][0] for row in rows_of[leaf]] == sequence[:-1]
        assert [nodes[row][1] for row in rows_of[leaf]] == list(range(len(sequence) - 1))
        assert all(leaf in nodes[row][2] for row in rows_of[leaf])


@given(SEQUENCES)
def test_a_shared_beginning_is_one_row_and_parents_come_first(sequences: list[list[int]]):
    nodes, rows_of = merge(sequences)
    beginnings = {tuple(sequence[:end]) for sequence in sequences for end in range(1, len(sequence))}
    assert len(nodes) == len(beginnings)
    assert all(rows == sorted(rows) for rows in rows_of)


@given(SEQUENCES, st.integers(1, 20), st.integers(1, 5))
def test_groups_keep_the_order_and_their_bounds(sequences: list[list[int]], max_tokens: int, max_sequences: int):
    order = list(range(len(sequences)))
    found = list(groups(order, sequences, max_tokens=max_tokens, max_sequences=max_sequences))
    assert [index for part in found for index in part] == order
    for part in found:
        assert len(part) <= max_sequences
        assert len(part) == 1 or len(merge([sequences[index] for index in part])[0]) <= max_tokens


def test_a_draft_goes_on_where_the_longest_ending_stands():
    source = DraftSource([1, 2, 3, 4, 9, 2, 5, 6])
    assert source.guess([7, 2]) == [3, 4, 9, 2, 5, 6]
    assert source.guess([4, 9, 2]) == [5, 6]
    assert source.guess([8]) == []


@given(st.lists(st.integers(0, 5), max_size=40), st.lists(st.integers(0, 5), max_size=10))
def test_a_draft_is_a_piece_of_the_document(tokens: list[int], history: list[int]):
    draft = DraftSource(tokens).guess(history)
    assert len(draft) <= DRAFT_TOKENS
    assert any(tokens[start : start + len(draft)] == draft for start in range(len(tokens) + 1))
