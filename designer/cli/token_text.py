"""What becomes of texts as tokens, in a few lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.cli.data_text import bars
from designer.importing.profiles import Histogram

if TYPE_CHECKING:
    from designer.training.texts_seen import TextInput, TextsSeen

SHOWN_TEXTS = 3
SHOWN_TOKENS = 12


def token_lines(of: TextInput, seen: TextsSeen, encoding: str) -> list[str]:
    """How texts are cut, how long they are, the frequent tokens and the first texts; unknown tokens in brackets."""
    report = seen.report
    cut = f", which cuts {report.cut:.0%} of them" if report.cut else ""
    lines = [
        f"“{of.column}” in {str(of.values['by']).replace('_', ' ')}: {report.vocabulary:,} are known, "
        f"{report.length:,} of a text are read{cut}"
    ]
    if report.unknown is not None:
        lines[0] += f"; {report.unknown:.1%} of those in the {seen.held:,} texts held back are unknown"
    counts = tuple(count for _, _, count in report.lengths)
    edges = (*(float(low) for low, _, _ in report.lengths), float(report.lengths[-1][1] + 1))
    drawn = bars(Histogram(edges=edges, counts=counts), encoding)
    lines.append(f"  lengths {report.lengths[0][0]:,} to {report.lengths[-1][1]:,}  {drawn}")
    lines.append("  frequent: " + ", ".join(f"{token} {count:,}" for token, count in report.frequent[:SHOWN_TOKENS]))
    for tokens, known in list(zip(report.examples, report.known, strict=True))[:SHOWN_TEXTS]:
        words = [token if there else f"[{token}]" for token, there in zip(tokens, known, strict=True)]
        lines.append("  " + " ".join(words[:SHOWN_TOKENS]) + (" …" if len(words) > SHOWN_TOKENS else ""))
    return lines
