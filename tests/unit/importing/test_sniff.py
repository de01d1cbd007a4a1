"""How a table is written is found out, and what is out of the ordinary is said."""

from __future__ import annotations

import csv
import gzip
import io
import random
import time
from pathlib import Path

import numpy as np
import pytest

from designer.importing.sniff import Sniffed, sniff_table
from designer.runtime.errors import DataError
from designer.training.columns import read_columns

DATA = Path(__file__).parents[2] / "data"
NASTY = DATA / "nasty_csv"


@pytest.fixture
def sniff(tmp_path):
    def sniff(text: str | bytes, name: str = "t.csv") -> Sniffed:
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return sniff_table(tmp_path / name)

    return sniff


def kinds(sniffed: Sniffed) -> dict[str, str]:
    return {column.name: column.kind for column in sniffed.columns}


def roles(sniffed: Sniffed) -> dict[str, str]:
    return {column.name: column.role for column in sniffed.columns}


def says(sniffed: Sniffed, *words: str) -> bool:
    return any(all(word in note for word in words) for note in sniffed.notes)


SHAPES = {
    "g_big_ints": (60, 3),
    "g_blank_headers": (30, 4),
    "g_bom_utf8": (40, 4),
    "g_comment_lines": (40, 4),
    "g_constant_and_empty_columns": (60, 4),
    "g_cp1252_quotes": (40, 4),
    "g_currency_percent": (40, 4),
    "g_dates_bools": (40, 4),
    "g_huge_cell": (6, 4),
    "g_inf_overflow": (60, 3),
    "g_label_whitespace_case": (60, 3),
    "g_missing_target": (40, 4),
    "g_missing_tokens": (60, 4),
    "g_mixed_newlines": (40, 4),
    "g_no_header_numeric": (30, 5),
    "g_one_row": (1, 4),
    "g_rare_class": (60, 3),
    "g_semicolon": (40, 4),
    "g_sep_line_excel": (40, 4),
    "g_tab": (40, 4),
    "g_two_rows": (2, 4),
    "g_utf16le_nobom": (40, 4),
    "g_wide_5000_columns": (20, 5000),
}
ERRORS = {
    "g_gzip_renamed": "gzip-compressed",
    "g_png_renamed": "a PNG picture",
    "g_ragged_short_long": "line 12 has 2, line 23 has 6",
    "g_unclosed_quote": "line 12",
}


@pytest.mark.parametrize("name", SHAPES)
def test_nasty_tables_have_their_right_size(name):
    sniffed = sniff_table(NASTY / f"{name}.csv")
    assert (sniffed.rows, len(sniffed.columns)) == SHAPES[name]


@pytest.mark.parametrize("name", ERRORS)
def test_what_is_no_table_is_refused(name):
    with pytest.raises(DataError) as refused:
        sniff_table(NASTY / f"{name}.csv")
    assert ERRORS[name] in str(refused.value)
    assert f"{name}.csv" in str(refused.value)


def test_every_nasty_file_is_tested():
    assert {path.stem for path in NASTY.iterdir()} == {*SHAPES, *ERRORS}


SAME = [
    "g_bom_utf8",
    "g_comment_lines",
    "g_mixed_newlines",
    "g_semicolon",
    "g_sep_line_excel",
    "g_tab",
    "g_utf16le_nobom",
]


@pytest.mark.parametrize("name", SAME)
def test_the_same_table_in_other_clothes_is_the_same(name):
    first, other = sniff_table(NASTY / "g_bom_utf8.csv"), sniff_table(NASTY / f"{name}.csv")
    assert first.columns == other.columns
    assert first.cells.reset_index(drop=True).equals(other.cells.reset_index(drop=True))
    assert first.preview == other.preview


def test_nasty_columns():
    assert kinds(sniff_table(NASTY / "g_currency_percent.csv")) == {
        "price": "number",
        "growth": "number",
        "qty": "number",
        "label": "category",
    }
    big = sniff_table(NASTY / "g_big_ints.csv")
    assert roles(big)["id"] == "ignored"
    assert says(big, "id", "ignored")
    empty = sniff_table(NASTY / "g_constant_and_empty_columns.csv")
    assert roles(empty) == {"const": "ignored", "empty": "ignored", "a": "feature", "label": "feature"}
    dates = sniff_table(NASTY / "g_dates_bools.csv")
    assert (kinds(dates)["when"], roles(dates)["when"], kinds(dates)["flag"]) == ("date", "ignored", "boolean")
    assert says(dates, "when", "dates", "ignored")
    endless = sniff_table(NASTY / "g_inf_overflow.csv")
    assert roles(endless)["a"] == "ignored"
    assert says(endless, "“a”", "line 3", "too large")
    tokens = sniff_table(NASTY / "g_missing_tokens.csv")
    assert kinds(tokens)["a"] == "number"
    assert says(tokens, "-999")
    assert sniff_table(NASTY / "g_cp1252_quotes.csv").format.encoding == "cp1252"
    assert not sniff_table(NASTY / "g_no_header_numeric.csv").format.header


def test_decimal_commas(sniff):
    sniffed = sniff("\ufeffa;b;c\r\n10,8;2;1.234,5\r\n3,4;0;2\r\n0;3;17\r\n")
    assert sniffed.format.delimiter == ";"
    assert (sniffed.format.decimal, sniffed.format.thousands) == (",", ".")
    assert set(kinds(sniffed).values()) == {"number"}
    assert says(sniffed, "decimal commas")


def test_decimal_commas_without_a_header(sniff):
    rows = "".join(f"{place},5;{place * 2},25\n" for place in range(20))
    sniffed = sniff(rows)
    assert (sniffed.format.delimiter, sniffed.format.decimal, len(sniffed.columns)) == (";", ",", 2)


def test_points_stay_decimal_and_doubts_are_said(sniff):
    sniffed = sniff("a;b\n" + "".join(f"{place}.{place}25;1{place}\n" for place in range(1, 9)))
    assert sniffed.format.decimal == "."
    assert says(sniffed, "“a”", "please check")
    ambiguous = sniff("a;b\n" + "".join(f"{place},{place}25;1{place}\n" for place in range(1, 9)))
    assert ambiguous.format.decimal == ","
    assert says(ambiguous, "“1,125” is read as 1.125", "please check")


def test_title_lines_above_the_header(sniff):
    sniffed = sniff(
        '"Emissions, 2000 to 2002",,,\nthousand tonnes,,,\n,,,\nYear,2000,2001,2002\n"A","2,666","2,274",1\nB,1,2,3\n'
    )
    assert sniffed.format.skip_rows == 3
    assert [column.name for column in sniffed.columns] == ["Year", "2000", "2001", "2002"]
    assert kinds(sniffed)["2000"] == "number"
    assert says(sniffed, "passed over", "Emissions")
    other = sniff("Report of today\n\na,b,c\n1,2,3\n4,5,6\n")
    assert (other.format.skip_rows, other.rows) == (2, 2)


def test_commented_header(sniff):
    sniffed = sniff("# made today\n# x y;y\n1;2\n3;4\n")
    assert sniffed.format.skip_rows == 1
    assert sniffed.rows == 2


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("1,2,3\n4,5,6\n", False),
        ("a,b,c\n1,2,3\n", True),
        ("2000,2001,2002\n5,6,9\n1,1,2\n", True),
        ("1,null,0,0\n2,0,0,null\n3,null,,\n", False),
        ("Ann,Lee,2013-11-23T02:30:31-08:00\nBo,Day,2014-11-22T16:43:51-08:00\n", False),
        ("A,B,C\nX,Y,Z\n", True),
        ("red,yes\nblue,no\nred,no\n", False),
        ("when,what\n2020-01-01,x\n2020-01-02,y\n", True),
    ],
)
def test_header(sniff, text, header):
    assert sniff(text).format.header is header


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", "is empty"),
        (b"  \n \n", "is empty"),
        (b"a,b\n", "has a header but no rows: a, b"),
        (b"PK\x03\x04" + bytes(50), "an Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "an old Excel or Word file"),
        (b"name" + bytes(253) + b"ustar" + bytes(300), "a tar archive"),
        (b"a,b\n1,\x00\x00\x00\n", "line 2: holds zero bytes"),
        (bytes(range(1, 32)) * 20, "bytes that no text has"),
        (("a,é\n" + "ü,ö\n" * 50).encode() + b"1,\xff\n", "line 52: the text is UTF-8 nearly throughout"),
        (b"a,b,c\n1,2,3,4\n5,6,7,8\n", "line 1 has 3 cells, but line 2 has 4"),
        (b'"a;""b"""\n"1;""x"""\n"2;""y"""\n', "one cell in quotation marks"),
        (b"a b c\n1 2 3\n4 5 6\n", "separated by blanks"),
    ],
)
def test_files_that_are_refused(sniff, text, expected):
    with pytest.raises(DataError) as refused:
        sniff(text)
    assert expected in str(refused.value)
    assert "t.csv" in str(refused.value)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(DataError, match="there is no file"):
        sniff_table(tmp_path / "none.csv")
    with pytest.raises(DataError, match="is a folder"):
        sniff_table(tmp_path)


def test_gzip(sniff):
    assert sniff(gzip.compress(b"a,b\n1,2\n3,4\n"), "t.csv.gz").rows == 2


def test_columns_to_ignore(sniff):
    rows = "".join(
        f"{place},u{place:03},{place % 3},{place * 7 % 50}.5,0{place % 7}12,{'x' * 70}{place % 2}\n"
        for place in range(40)
    )
    sniffed = sniff("row,user_id,group,value,zip,remark\n" + rows)
    assert roles(sniffed) == {
        "row": "ignored",
        "user_id": "ignored",
        "group": "feature",
        "value": "feature",
        "zip": "feature",
        "remark": "ignored",
    }
    assert kinds(sniffed)["zip"] == "category"
    for name in ("row", "user_id", "remark"):
        assert says(sniffed, f"“{name}”", "ignored")


def test_nearly_numbers_name_the_line(sniff):
    sniffed = sniff("a,b\n" + "".join(f"{place * 3},{place}\n" for place in range(30)) + "12O,3\n")
    assert roles(sniffed)["a"] == "ignored"
    assert says(sniffed, "“a”", "“12O” in line 32")


def test_split_column(sniff):
    sniffed = sniff("x,split\n" + "".join(f"{place},{'test' if place % 4 == 0 else 'train'}\n" for place in range(20)))
    assert roles(sniffed)["split"] == "split"
    words = sniff("x,split\n" + "".join(f"{place},{'pea' if place % 4 == 0 else 'train'}\n" for place in range(20)))
    assert roles(words)["split"] == "feature"


def test_line_breaks_and_capitals_are_said(sniff):
    rows = "".join(f'{place},{"Red" if place % 2 else "red"},"a\nb"\n' for place in range(12))
    sniffed = sniff("x,colour,note\n" + rows)
    assert says(sniffed, "“note”", "line breaks", "line 2")
    assert says(sniffed, "“colour”", "capitals")


@pytest.mark.alone
def test_a_table_of_5000_columns_does_not_freeze(sniff):
    chance = np.random.default_rng(0)
    lines = [",".join(f"c{place}" for place in range(5000))]
    lines += [",".join(f"{number:.3f}" for number in row) for row in chance.normal(size=(20, 5000))]
    began = time.perf_counter()
    assert len(sniff("\n".join(lines)).columns) == 5000
    assert time.perf_counter() - began < 10


def test_a_cell_of_300000_characters(sniff):
    sniffed = sniff('a,b\n1,x\n2,"' + "y" * 300_000 + '"\n3,z\n')
    assert sniffed.rows == 3
    assert max(len(cell) for row in sniffed.preview for cell in row) <= 200


@pytest.mark.parametrize("seed", range(30))
def test_what_is_written_in_any_dialect_is_found(tmp_path, seed):
    chance = random.Random(seed)
    delimiter = chance.choice(",;\t|")
    decimal = chance.choice(".,") if delimiter != "," else "."
    encoding = chance.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    names = ["größe", "weight, kg", "colour", "ok?", "n"]
    rows = [
        (
            chance.gauss(0, 100),
            chance.gauss(5, 1),
            chance.choice(["röt", "blue; dark", "x,y"]),
            chance.random() < 0.5,
            chance.randrange(90),
        )
        for _ in range(chance.choice([12, 60]))
    ]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=chance.choice(["\n", "\r\n"]))
    writer.writerow(names)
    for a, b, word, yes, whole in rows:
        cells = [f"{number:.4f}".replace(".", decimal) for number in (a, b)]
        writer.writerow([*cells, word, "yes" if yes else "no", whole])
    path = tmp_path / "t.csv"
    path.write_bytes(stream.getvalue().encode(encoding))
    sniffed = sniff_table(path)
    found = sniffed.format
    assert (found.delimiter, found.decimal, found.header, found.skip_rows) == (delimiter, decimal, True, 0)
    assert kinds(sniffed) == dict(zip(names, ["number", "number", "category", "boolean", "number"], strict=True))
    frame = read_columns(path, kinds(sniffed), found)
    np.testing.assert_allclose(frame["größe"], [row[0] for row in rows], atol=1e-4)
    assert frame["colour"].tolist() == [row[2] for row in rows]
    assert frame["ok?"].tolist() == [float(row[3]) for row in rows]
    assert frame["n"].tolist() == [row[4] for row in rows]


@pytest.mark.parametrize("seed", range(4))
def test_damaged_tables_are_read_or_refused(tmp_path, seed):
    chance = random.Random(seed)
    sources = [path.read_bytes() for path in sorted(NASTY.iterdir())]
    path = tmp_path / "t.csv"
    for _ in range(60):
        data = bytearray(chance.choice(sources))
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(data) + 1)
            insert = chance.choice(
                [b'"', b",", b";", b"\n", b"\r", b"\0", b"\t", b"1e999", b"\xff", b"#", b"sep=;\n", b"0"]
            )
            if chance.random() < 0.5:
                data[place:place] = insert
            else:
                del data[place : place + chance.randint(1, 30)]
        path.write_bytes(data)
        try:
            sniffed = sniff_table(path)
        except DataError as error:
            assert len(str(error)) < 2000
        else:
            assert sniffed.rows == len(sniffed.cells)


def test_of_very_many_words_some_tell_whether_they_are_numbers(sniff):
    rows = 21_000
    texts = sniff("y,note\n" + "".join(f"{row % 7},note {row}\n" for row in range(rows)))
    assert says(texts, "“note” holds", "different texts: ignored")
    # words come first, so that the column is not read as numbers from the start
    cells = ["none of it", *(f"{row}.5" for row in range(rows)), "some"]
    numbers = sniff("y,size\n" + "".join(f"{row % 7},{cell}\n" for row, cell in enumerate(cells)))
    assert says(numbers, "“size” holds numbers, but also", "“none of it” in line 2")
