"""One long text as tokens: read, divided in its order, cut, joined again, and what comes next."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from designer.runtime import running_text as text
from designer.runtime.errors import DataError
from designer.runtime.fit import evaluate
from designer.runtime.measures import Measure
from designer.runtime.metrics import accuracy, perplexity
from designer.runtime.next_tokens import TokenMeasure, measured_rows, scores_of_steps, write_tokens, written_text
from designer.runtime.token_windows import refuse_short, token_part
from tests.helpers.tales import tale

SETTINGS = {"vocabulary": 1_000, "lowercase": False}


def test_what_is_cut_is_joined_again() -> None:
    told = tale(8) + "“Why?” asked the owl (twice), it's 5 o'clock.\n"
    learned = text.learn_text_characters(told, SETTINGS)
    codes = text.encode_text_characters(told, learned)
    assert text.join_characters(codes.tolist(), learned) == told and codes.dtype == np.int64
    assert learned["codes"] == len(set(told)) + 2 and codes.min() == 2
    learned = text.learn_text_words(told, SETTINGS)
    codes = text.encode_text_words(told, learned)
    assert text.join_words(codes.tolist(), learned) == told
    assert "\n" in learned["tokens"] and "it's" in learned["tokens"]


def test_byte_pairs_are_joined_again() -> None:
    from designer.runtime import running_byte_pairs as pairs

    told = tale(20) + "Grüße, 世界\n"
    learned = pairs.learn_text_pieces(told, {**SETTINGS, "vocabulary": 300})
    codes = pairs.encode_text_pieces(told, learned)
    assert pairs.join_pieces(codes.tolist(), learned) == told and len(codes) < len(told)
    assert codes.max() < learned["codes"]


def test_rare_tokens_are_unknown_and_capitals_may_count_as_small() -> None:
    learned = text.learn_text_characters("aaabbc", {"vocabulary": 2, "lowercase": False})
    assert learned["tokens"] == ["a", "b"]
    assert text.encode_text_characters("abcA", learned).tolist() == [2, 3, 1, 1]
    learned = text.learn_text_words("The the fox", {"vocabulary": 9, "lowercase": True})
    assert learned["tokens"] == ["the", "fox"] and text.encode_text_words("THE Fox", learned).tolist() == [2, 3]
    assert text.join_words([2, 1], learned) == "the \ufffd"


@pytest.mark.parametrize("shares", [(0.1, 0.2), (0.0, 0.1), (0.2, 0.0), (0.0, 0.0)])
def test_a_text_is_divided_in_its_order_and_no_word_is_cut(shares: tuple[float, float]) -> None:
    told = tale(40)
    parts = text.text_in_order(told, *shares)
    assert "".join(parts) == told
    assert all(not part or part[-1].isspace() for part in parts)
    assert len(parts[2]) == pytest.approx(len(told) * shares[1], abs=8)
    with pytest.raises(DataError, match="leave no text"):
        text.text_in_order(told, 0.5, 0.5)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tale.txt is empty"),
        (b" \n\r\n ", "tale.txt is empty"),
        (b"a\0b\n", "zero byte"),
        (b"one\nGr\xfc\xdfe\n", "line 2: this is not text in utf-8"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "tale.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        text.read_running_text(path)
    with pytest.raises(DataError, match="there is no such text file"):
        text.read_running_text(tmp_path / "none.txt")


def test_line_ends_and_encodings_are_plain(tmp_path: Path) -> None:
    path = tmp_path / "tale.txt"
    path.write_bytes("\ufeffone\r\ntwo\rthree é\n\n".encode())
    assert text.read_running_text(path) == "one\ntwo\nthree é\n"
    path.write_bytes("é".encode("cp1252"))
    assert text.read_running_text(path, "cp1252") == "é\n"


def test_windows_hold_the_tokens_and_the_same_one_step_on() -> None:
    codes = np.arange(10, 31)
    part = token_part(codes, length=5, stride=4)
    assert len(part) == 4
    batch = part.rows(torch.tensor([3, 0])).ready()
    assert batch.inputs[0].tolist() == [[22, 23, 24, 25, 26], [10, 11, 12, 13, 14]]
    assert batch.target.tolist() == [[23, 24, 25, 26, 27], [11, 12, 13, 14, 15]]
    assert batch.inputs[0].dtype == torch.int64
    # the last token that is there is predicted, and none beyond it
    assert int(token_part(codes, 20, 1).ready().target[0, -1]) == 30 and len(token_part(codes, 20, 1)) == 1


def test_a_text_shorter_than_a_window_is_told_of() -> None:
    parts, counts = [token_part(np.zeros(each, np.int64), 8, 8) for each in (9, 3, 0)], [9, 3, 0]
    with pytest.raises(DataError, match=r"text to validate with has 3 tokens, but .* need 9; choose shorter windows"):
        refuse_short(parts, counts, 8)
    refuse_short([parts[0], parts[2], parts[2]], [9, 0, 0], 8)


class Counting(nn.Module):
    """Expects after each code the next one of six, with some doubt."""

    def __init__(self) -> None:
        super().__init__()
        self.doubt = nn.Parameter(torch.tensor(2.0))

    def forward(self, tokens: Tensor) -> Tensor:
        following = (tokens - 2 + 1).clamp(min=0) % 6 + 2
        return nn.functional.one_hot(following, 8) * self.doubt


def test_pieces_measure_as_the_whole_does() -> None:
    torch.manual_seed(0)
    part = token_part(torch.randint(2, 8, (400,)).numpy(), 7, 3)
    metrics = {"accuracy": accuracy, "perplexity": perplexity}
    whole = evaluate(Counting(), part, Measure(nn.CrossEntropyLoss(), metrics), answer=scores_of_steps)
    pieces = evaluate(Counting(), part, TokenMeasure(nn.CrossEntropyLoss(), metrics, rows=9), answer=scores_of_steps)
    assert pieces == pytest.approx(whole, rel=1e-5)
    assert whole["perplexity"] == pytest.approx(np.exp(whole["loss"]), rel=1e-5)
    assert measured_rows(64, 66) == 1024 and measured_rows(64, 50_000) == 5 and measured_rows(10**6, 10**6) == 1
    huge = TokenMeasure(nn.CrossEntropyLoss())
    assert huge.together([(1, {"perplexity": float("inf")}), (1, {"perplexity": 2.0})])["perplexity"] == float("inf")
    assert np.isnan(huge.together([(1, {"perplexity": float("nan")})])["perplexity"])


def test_what_is_written_follows_prompt_temperature_and_chance() -> None:
    model = Counting()
    assert list(write_tokens(model, [2, 3], 4, 7, temperature=0.0)) == [4, 5, 6, 7, 2, 3, 4]

    def wild(seed: int, likeliest: int = 0) -> list[int]:
        chance = torch.Generator().manual_seed(seed)
        return list(write_tokens(model, [2], 4, 60, 5.0, chance, likeliest))

    assert wild(1) == wild(1) and wild(1) != wild(2)
    # neither padding nor unknown is ever written
    assert min(wild(1)) >= 2
    assert wild(1, likeliest=1) == list(write_tokens(model, [2], 4, 60, 0.0))
    before = torch.get_rng_state()
    wild(3)
    assert torch.equal(before, torch.get_rng_state())
    assert list(write_tokens(model, [], 4, 2, 0.0)) == [3, 4]


def test_a_text_goes_on_from_its_prompt() -> None:
    learned = {"tokens": list("abcdef"), "lowercase": False}
    said = written_text(Counting(), "ab", learned, text.encode_text_characters, text.join_characters, 4, 5, 0.0)
    assert said == "abcdefa"
    said = written_text(Counting(), "", learned, text.encode_text_characters, text.join_characters, 4, 3, 0.0)
    assert len(said) == 3


def test_later_tokens_are_not_needed_to_write() -> None:
    seen: list[Tensor] = []

    class Watching(Counting):
        def forward(self, tokens: Tensor) -> Tensor:
            seen.append(tokens)
            return super().forward(tokens)

    list(write_tokens(Watching(), [2, 3, 4, 5, 6], 4, 1, 0.0))
    list(write_tokens(Watching(), [2], 4, 1, 0.0))
    assert seen[0].tolist() == [[3, 4, 5, 6]] and seen[1].tolist() == [[2, 0, 0, 0]]
