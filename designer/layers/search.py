"""Search: the layer types that a few typed letters mean, best first, with the letters that matched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from designer.layers.declaration import LayerType

FAR = 100.0
LEAST_FOR_SLIP = 4
SLIP = 20.0
# for each letter that neither follows the one before nor begins a word
LOOSE = 6.0
_BY_KEY, _BY_SYNONYM, _BY_CATEGORY = 0.4, 0.5, 5.0


@dataclass(frozen=True)
class Found:
    """A layer type that was found. ``letters`` are the places in the title that matched.

    Where another word matched better, a synonym or the PyTorch name, ``word`` is that one and ``letters`` lie in it.
    """

    layer: LayerType
    letters: tuple[int, ...] = ()
    word: str = ""


def find(text: str, layers: Iterable[LayerType]) -> list[Found]:
    """The layer types that match what was typed, best first: by title, key, PyTorch name, synonym and category.

    Letters may be left out; where nothing else is found, one of four or more may be wrong.
    All match where nothing was typed.
    """
    wanted, _ = _plain(text.strip().removeprefix("torch.").removeprefix("nn."))
    if not wanted:
        return [Found(layer) for layer in layers]
    ranked = []
    for order, layer in enumerate(layers):
        rank, found = _best(wanted, layer)
        if rank < FAR:
            ranked.append((rank, order, found))
    nearest = min((rank for rank, _, _ in ranked), default=FAR)
    most = FAR if nearest >= SLIP else SLIP
    return [found for rank, _, found in sorted(ranked, key=lambda entry: entry[:2]) if rank < most]


def _best(wanted: str, layer: LayerType) -> tuple[float, Found]:
    best, found = FAR, Found(layer)
    for word, penalty in _words(layer):
        rank, letters = _match(wanted, word)
        if rank + penalty < best:
            best = rank + penalty
            found = Found(layer, letters, "" if word == layer.title else word)
    if found.word and _same(found.word, layer.title):
        found = Found(layer, _match(wanted, layer.title)[1])
    return best, found


def _same(word: str, title: str) -> bool:
    return _plain(word)[0].replace(" ", "") == _plain(title)[0].replace(" ", "")


def _words(layer: LayerType) -> list[tuple[str, float]]:
    names = [
        (layer.title, 0.0),
        (layer.key.partition(":")[2] or layer.key, _BY_KEY),
        (layer.module.rpartition(".")[2], 0),
    ]
    return [*names, *((word, _BY_SYNONYM) for word in layer.synonyms), (layer.category, _BY_CATEGORY)]


@lru_cache(maxsize=8192)
def _plain(text: str) -> tuple[str, list[int]]:
    """The text in small letters with one blank for all other signs in a row, and where each letter stood."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        small = sign.lower()[:1]
        if not (small.isalnum()):
            small = " "
            if not signs or signs[-1] == " ":
                continue
        signs.append(small)
        places.append(place)
    if signs and signs[-1] == " ":
        signs.pop()
        places.pop()
    return "".join(signs), places


def _match(wanted: str, word: str) -> tuple[float, tuple[int, ...]]:
    """How far ``word`` is from what was wanted, 0 for the same, and the places of the letters that match."""
    plain, places = _plain(word)
    if not plain:
        return FAR, ()
    length = len(plain) / 100
    at = plain.find(wanted)
    if at > 0 and (start := f" {plain}".find(f" {wanted}")) >= 0:
        at = start
    if at >= 0:
        rank = 0.0 if plain == wanted else (1.0 if at == 0 else 2.0 if plain[at - 1] == " " else 3.0) + length
        return rank, tuple(places[at : at + len(wanted)])
    heads = _heads(word)
    letters = _scattered(wanted.replace(" ", ""), plain, heads)
    if letters:
        loose = sum(not heads[place] and place != before + 1 for before, place in pairwise(letters))
        return 10.0 + len(plain) / 10 + LOOSE * loose, tuple(places[letter] for letter in letters)
    if len(wanted) >= LEAST_FOR_SLIP and _one_slip(wanted, plain):
        return SLIP + length, tuple(places[: min(len(wanted), len(places))])
    return FAR, ()


@lru_cache(maxsize=8192)
def _heads(word: str) -> list[bool]:
    """Of each letter of the plain text, whether a word or a number begins with it."""
    return [_begins(word, place) for place in _plain(word)[1]]


def _begins(word: str, place: int) -> bool:
    """Whether a word or a number begins there, as with the capitals of ``MaxPool2d`` and its 2."""
    before = word[place - 1] if place else " "
    return word[place].isupper() or not before.isalnum() or (word[place].isdigit() and not before.isdigit())


def _scattered(wanted: str, plain: str, heads: list[bool]) -> list[int]:
    """The places of the wanted letters in order, the first at the beginning; beginnings of words are preferred."""
    if len(wanted) < 2 or not plain.startswith(wanted[0]):
        return []
    letters = [0]
    for done, sign in enumerate(wanted[1:], 2):
        after = letters[-1] + 1
        places = [place for place in range(after, len(plain)) if plain[place] == sign]
        for place in (*(place for place in places if heads[place]), *places):
            if _remain(wanted[done:], plain[place + 1 :]):
                letters.append(place)
                break
        else:
            return []
    return letters


def _remain(wanted: str, plain: str) -> bool:
    signs = iter(plain)
    return all(sign in signs for sign in wanted)


def _one_slip(wanted: str, plain: str) -> bool:
    """Whether one letter wrong, missing, too many or changed with the next makes what was typed a beginning."""
    same = next((place for place, (a, b) in enumerate(zip(wanted, plain, strict=False)) if a != b), len(plain))
    if same == 0 and wanted[:2] != plain[1::-1]:
        return False
    rest, there = wanted[same:], plain[same:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return any(
        (
            there.startswith(rest[1:]),
            there[1:].startswith(rest[1:]),
            there[1:].startswith(rest),
            there.startswith(swapped),
        )
    )
