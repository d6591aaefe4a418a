"""Random FEEL: expressions and unary tests over a workflow's variables, the same for the same seed.

Most of what comes out makes sense; some of it mixes types, names what does not exist, or is broken text, because that is where
two engines differ first.
"""

# ruff: noqa: E501 - the rows of a table of texts are not broken
from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

NUMBERS = (
    "0",
    "1",
    "2",
    "-3",
    "7",
    "10",
    "0.5",
    "1.50",
    "-2.25",
    "100",
    "3.14159",
    "1000000",
    ".5",
    "007",
    "12345678901234567890",
)
STRINGS = (
    "",
    "a",
    "abc",
    "Hello World",
    "foo bar",
    "2024-02-29",
    "10",
    "a,b;c",
    "Zoë",
    "x1y22",
    "é😀",
    "A\\\\B",
    "tab\\t",
    'q\\"q',
)
DATES = (
    "2024-02-29",
    "2023-12-31",
    "2024-01-31",
    "0999-01-01",
    "-0044-03-15",
    "12024-06-01",
    "2024-13-01",
    "2023-02-29",
)
TIMES = (
    "10:15:30",
    "23:59:59.123",
    "00:00",
    "08:30:00Z",
    "08:30:00+02:00",
    "12:00:00@Europe/Madrid",
    "24:00:00",
    "25:00:00",
)
MOMENTS = (
    *(
        "2024-02-29T10:15:30",
        "2024-03-31T01:30:00@Europe/Madrid",
        "2024-10-27T02:30:00@Europe/Madrid",
        "2024-01-01T00:00:00Z",
    ),
    *(
        "2023-12-31T23:59:59.999+05:30",
        "2024-06-15T12:00",
        "1999-12-31T23:00:00-11:00[Pacific/Niue]",
        "2024-02-30T00:00:00",
    ),
)
DAYTIMES = ("P1D", "PT1H", "-PT15M", "P2DT3H4M5S", "PT0S", "PT36H", "PT0.5S", "-P1DT1S")
YEARMONTHS = ("P1Y", "P1M", "-P3M", "P1Y2M", "P0M", "P14M")
NAMES = ("a", "b", "n", "s", "flag", "nothing", "nums", "words", "mixed", "items", "order", "missing", "empty")
PATHS = (
    "order.total",
    "order.customer.name",
    "order.customer.vip",
    "order.lines",
    "order.missing",
    "items.price",
    "order.customer.x.y",
)
PATTERNS = (
    "a",
    "[a-z]+",
    "^H",
    "o\\\\b",
    "(\\\\d+)",
    "a|b",
    "[^a]",
    "(",
    "\\\\s",
    "b*",
    "(?i)HELLO",
    ".",
    "\\\\W+",
    "a{2,}",
    "(a)(b)?",
    "x$",
)
TYPES = (
    "number",
    "string",
    "boolean",
    "list",
    "context",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "Any",
    "function",
    "foo",
)

# Function, and what its arguments usually are: n number, s string, b boolean, l list, L list of numbers, W list of strings,
# c context, d date, t time, m moment, y years and months, u days and time, p pattern, r range, k a small scale, x anything, f sort function.
FUNCTIONS: tuple[tuple[str, str], ...] = (
    *(("substring", "sn"), ("substring", "snn"), ("string length", "s"), ("upper case", "s"), ("lower case", "s")),
    *(
        ("substring before", "ss"),
        ("substring after", "ss"),
        ("replace", "sps"),
        ("contains", "ss"),
        ("starts with", "ss"),
    ),
    *(("ends with", "ss"), ("matches", "sp"), ("split", "sp"), ("extract", "sp"), ("trim", "s"), ("to base64", "s")),
    *(
        ("is blank", "s"),
        ("not", "b"),
        ("is defined", "x"),
        ("get or else", "xx"),
        ("list contains", "lx"),
        ("count", "l"),
    ),
    *(("min", "L"), ("max", "L"), ("sum", "L"), ("product", "L"), ("mean", "L"), ("median", "L"), ("mode", "L")),
    *(
        ("stddev", "L"),
        ("min", "nnn"),
        ("max", "ss"),
        ("sum", "nn"),
        ("all", "bb"),
        ("any", "l"),
        ("and", "l"),
        ("or", "bb"),
    ),
    *(
        ("sublist", "ln"),
        ("sublist", "lnn"),
        ("append", "lx"),
        ("append", "lxx"),
        ("concatenate", "ll"),
        ("remove", "ln"),
    ),
    *(("insert before", "lnx"), ("reverse", "l"), ("index of", "lx"), ("union", "ll"), ("distinct values", "l")),
    *(("duplicate values", "l"), ("flatten", "l"), ("sort", "Lf"), ("string join", "W"), ("string join", "Ws")),
    *(
        ("string join", "Wsss"),
        ("is empty", "l"),
        ("partition", "ln"),
        ("decimal", "nk"),
        ("floor", "n"),
        ("ceiling", "n"),
    ),
    *(("abs", "n"), ("abs", "u"), ("modulo", "nn"), ("sqrt", "n"), ("log", "n"), ("odd", "n"), ("even", "n")),
    *(("round up", "nk"), ("round down", "nk"), ("round half up", "nk"), ("round half down", "nk"), ("floor", "nk")),
    *(("get entries", "c"), ("get value", "cs"), ("get value", "cW"), ("context put", "csx"), ("context put", "cWx")),
    *(
        ("context merge", "cc"),
        ("context", "l"),
        ("date", "s"),
        ("date", "nnn"),
        ("date", "m"),
        ("date and time", "dt"),
    ),
    *(
        ("date and time", "s"),
        ("time", "s"),
        ("time", "nnn"),
        ("time", "m"),
        ("time", "nnnu"),
        ("number", "s"),
        ("string", "x"),
    ),
    *(("number", "sss"), ("duration", "s"), ("years and months duration", "dd"), ("from json", "s"), ("to json", "x")),
    *(
        ("day of year", "d"),
        ("day of week", "d"),
        ("month of year", "d"),
        ("week of year", "d"),
        ("last day of month", "d"),
    ),
    *(("before", "nr"), ("after", "rn"), ("meets", "rr"), ("overlaps", "rr"), ("includes", "rn"), ("during", "nr")),
    *(
        ("starts", "nr"),
        ("finishes", "nr"),
        ("coincides", "rr"),
        ("before", "dd"),
        ("overlaps before", "rr"),
        ("met by", "rr"),
    ),
    *(
        ("started by", "rr"),
        ("finished by", "rr"),
        ("overlaps after", "rr"),
        ("no such function", "x"),
        ("date and time", "ms"),
    ),
)
NAMED = (
    "substring(string: {s}, start position: {n})",
    "abs(n: {n})",
    "round up(n: {n}, scale: 1)",
    "contains(match: {s}, string: {s})",
    "list contains(list: {l}, element: {x})",
    "date(year: 2024, month: {n}, day: 1)",
    "decimal(scale: 1, n: {n})",
    "before(point: {n}, range: {r})",
    "string join(list: {W}, delimiter: {s})",
    "get value(context: {c}, key: {s})",
    "abs(nope: {n})",
)


class Expressions:
    """A stream of expressions from one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._kinds: dict[str, Callable[[int], str]] = {
            "n": self._number,
            "s": self._string,
            "b": self._boolean,
            "l": self._list,
            "c": self._context,
            "x": self._anything,
        }

    def case(self, number: int) -> dict[str, Any]:
        """The next expression or unary test with its context."""
        case: dict[str, Any] = {"id": str(number), "context": self._variables()}
        if self._random.random() < 0.15:
            case |= {"unary": True, "input": self._random.choice([1, 5, "a", "abc", None, True, [1, 2], 2.5])}
            case["expr"] = self._tests()
        else:
            case["expr"] = self._random.choice((self._anything, self._boolean, self._number, self._string, self._list))(
                3
            )
        if self._random.random() < 0.06:
            case["expr"] = self._broken(case["expr"])
        return case

    def _pick(self, options: tuple[Any, ...] | list[Any]) -> Any:
        return self._random.choice(options)

    def _some(self, kind: str, depth: int) -> str:
        """Text of a kind, sometimes of another."""
        if self._random.random() < 0.06 and kind != "k":
            kind = self._pick("nsblcxdtmyu")
        if kind in self._kinds:
            return self._kinds[kind](depth)
        return self._literal(kind, depth)

    def _literal(self, kind: str, depth: int) -> str:
        texts = {"d": DATES, "t": TIMES, "m": MOMENTS, "u": DAYTIMES, "y": YEARMONTHS}
        if kind in texts:
            functions = {"d": "date", "t": "time", "m": "date and time", "u": "duration", "y": "duration"}
            text = self._pick(texts[kind])
            return f'@"{text}"' if self._random.random() < 0.6 else f'{functions[kind]}("{text}")'
        if kind == "k":
            return str(self._pick(("0", "1", "2", "-1", "3", '"1"', "a")))
        if kind == "p":
            return f'"{self._pick(PATTERNS)}"'
        if kind == "r":
            return self._range(depth)
        if kind == "f":
            return self._pick(
                ("function(x, y) x < y", "function(x, y) x > y", "function(x) x", "function(p, q) p.a < q.a")
            )
        element = "n" if kind == "L" else "s"
        if self._random.random() < 0.3:
            return "nums" if kind == "L" else "words"
        return "[" + ", ".join(self._some(element, 0) for _ in range(self._random.randrange(5))) + "]"

    def _range(self, depth: int) -> str:
        kind = self._pick("nnndu")
        bounds = sorted(self._some(kind, min(depth, 1)) for _ in range(2))
        return f"{self._pick('[(]')}{bounds[0]}..{bounds[1]}{self._pick('])[')}"

    def _number(self, depth: int) -> str:
        if depth <= 0:
            return str(self._pick((*NUMBERS, "a", "b", "n", "order.total", "item")))
        deeper = depth - 1
        return str(
            self._pick(
                (
                    lambda: self._number(0),
                    lambda: f"({self._some('n', deeper)} {self._pick('+-*/')} {self._some('n', deeper)})",
                    lambda: f"{self._some('n', deeper)} {self._pick('+-*')} {self._some('n', deeper)}",
                    lambda: f"-{self._some('n', 0)}",
                    lambda: f"{self._some('n', 0)} ** {self._pick(('2', '3', '0', '0.5', '-1', '10'))}",
                    lambda: self._call(deeper),
                    lambda: f"{self._some('l', deeper)}[{self._pick(('1', '-1', '2', '0', '5', 'a'))}]",
                    lambda: (
                        f'(@"{self._pick(MOMENTS)}" - @"{self._pick(MOMENTS)}").{self._pick(("days", "hours", "seconds"))}'
                    ),
                    lambda: (
                        f"{self._some(self._pick('dtmuy'), 0)}.{self._pick(('year', 'month', 'hour', 'minute', 'days', 'weekday', 'years'))}"
                    ),
                )
            )()
        )

    def _string(self, depth: int) -> str:
        if depth <= 0:
            return self._pick(("s", "order.customer.name", f'"{self._pick(STRINGS)}"', f'"{self._pick(STRINGS)}"'))
        deeper = depth - 1
        return str(
            self._pick(
                (
                    lambda: self._string(0),
                    lambda: f"{self._some('s', deeper)} + {self._some('s', deeper)}",
                    lambda: f"string({self._some('x', deeper)})",
                    lambda: self._call(deeper),
                    lambda: (
                        f"if {self._some('b', deeper)} then {self._some('s', deeper)} else {self._some('s', deeper)}"
                    ),
                )
            )()
        )

    def _boolean(self, depth: int) -> str:
        if depth <= 0:
            return str(self._pick(("true", "false", "flag", "order.customer.vip", "null", "a > 1", 's = "abc"')))
        deeper = depth - 1
        kind = self._pick("nnnsdtmuybx")
        return str(
            self._pick(
                (
                    lambda: (
                        f"{self._some(kind, deeper)} {self._pick(('<', '<=', '>', '>=', '=', '!='))} {self._some(kind, deeper)}"
                    ),
                    lambda: f"{self._some('b', deeper)} {self._pick(('and', 'or'))} {self._some('b', deeper)}",
                    lambda: (
                        f"({self._some('b', deeper)} {self._pick(('and', 'or'))} {self._some('b', deeper)}) or {self._some('b', 0)}"
                    ),
                    lambda: f"not({self._some('b', deeper)})",
                    lambda: f"{self._some(kind, deeper)} between {self._some(kind, 0)} and {self._some(kind, 0)}",
                    lambda: (
                        f"{self._some('n', deeper)} in {self._pick((self._range(1), '(> 1, < -1)', '[1, 2, 3]', '(1, 2)', 'nums', '< 5'))}"
                    ),
                    lambda: (
                        f"{self._pick(('some', 'every'))} x in {self._some('l', deeper)} satisfies {self._pick(('x > 1', 'x = a', 'x.price > 2', 'x'))}"
                    ),
                    lambda: f"{self._some('x', deeper)} instance of {self._pick(TYPES)}",
                    lambda: self._call(deeper),
                )
            )()
        )

    def _list(self, depth: int) -> str:
        if depth <= 0:
            return str(
                self._pick(
                    ("nums", "words", "mixed", "items", "empty", "[]", "[1, 2, 3]", '["a", null, "b"]', "order.lines")
                )
            )
        deeper = depth - 1
        filters = (
            "item > 1",
            "price > 2",
            "item.price > 2",
            "item != null",
            'sku = "A1"',
            "true",
            "a",
            "price",
            "qty > 1 and price < 50",
            "even(item)",
        )
        bodies = (
            "x",
            "x * 2",
            "x + a",
            "x.price",
            "{v: x}",
            "sum(partial)",
            "[x, x]",
            "count(partial) + x",
            "if x > 1 then x else null",
        )
        return str(
            self._pick(
                (
                    lambda: self._list(0),
                    lambda: "[" + ", ".join(self._some("x", deeper) for _ in range(self._random.randrange(4))) + "]",
                    lambda: f"{self._some('l', deeper)}[{self._pick(filters)}]",
                    lambda: f"{self._some('l', deeper)}[{self._some('b', deeper)}]",
                    lambda: f"for x in {self._some('l', deeper)} return {self._pick(bodies)}",
                    lambda: (
                        f"for x in {self._pick(('1..3', '3..1', '-1..a', '1..n', 'a..b', '1.5..3'))} return {self._pick(bodies)}"
                    ),
                    lambda: (
                        f"for x in {self._some('l', deeper)}, y in {self._some('l', 0)} return {self._pick(('[x, y]', 'x + y', 'x = y'))}"
                    ),
                    lambda: f"{self._some('l', deeper)}.{self._pick(('price', 'sku', 'qty', 'tags'))}",
                    lambda: self._call(deeper),
                )
            )()
        )

    def _context(self, depth: int) -> str:
        if depth <= 0:
            return str(self._pick(("order", "order.customer", "{}", "{a: 1}", '{"x y": 2, b: null}', "items[1]")))
        deeper = depth - 1
        keys = ("a", "b", "x", "key", "value", '"c d"', "e f", "price")
        entries = ", ".join(f"{self._pick(keys)}: {self._some('x', deeper)}" for _ in range(self._random.randrange(4)))
        functions = (
            "{f: function(x) x + 1, r: f(2)}",
            "{f: function(x) x + a, r: f(x: 2)}.r",
            "{a: 5, b: a + 1, c: b * 2}",
        )
        return str(
            self._pick(
                (
                    lambda: self._context(0),
                    lambda: "{" + entries + "}",
                    lambda: self._pick(functions),
                    lambda: self._call(deeper),
                )
            )()
        )

    def _anything(self, depth: int) -> str:
        if depth <= 0:
            return str(self._pick((*NAMES, *PATHS, "null", "true", *NUMBERS[:6], *map('"{}"'.format, STRINGS[:6]))))
        kind = self._pick("nnsbbllcdtmuy")
        if self._random.random() < 0.15:
            return f"{self._some(kind, depth - 1)} {self._pick('+-*/')} {self._some(self._pick('ndtmuy'), depth - 1)}"
        if self._random.random() < 0.1:
            return f"if {self._some('b', depth - 1)} then {self._anything(depth - 1)} else {self._anything(depth - 1)}"
        return self._some(kind, depth)

    def _call(self, depth: int) -> str:
        if self._random.random() < 0.08:
            pieces = {kind: self._some(kind, 0) for kind in "nslcxrW"}
            return str(self._pick(NAMED)).format(**pieces)
        name, kinds = self._pick(FUNCTIONS)
        return f"{name}({', '.join(self._some(kind, depth) for kind in kinds)})"

    def _tests(self) -> str:
        def test() -> str:
            return str(
                self._pick(
                    (
                        lambda: f"{self._pick(('<', '<=', '>', '>='))} {self._some('n', 1)}",
                        lambda: self._range(1),
                        lambda: self._some("n", 1),
                        lambda: self._some("s", 1),
                        lambda: self._some("b", 1),
                        lambda: self._some("l", 1),
                        lambda: f"? {self._pick(('>', '=', '+'))} {self._some('n', 0)}",
                        lambda: f"contains(?, {self._some('s', 0)})",
                        lambda: "null",
                    )
                )()
            )

        tests = ", ".join(test() for _ in range(self._random.choice((1, 1, 2, 3))))
        return self._pick((tests, tests, f"not({tests})", "-", "true", "false"))

    def _broken(self, text: str) -> str:
        place = self._random.randrange(len(text) + 1)
        wrong = self._pick(("", "", "(", ")", "]", '"', " ", "..", "and ", "x", "-", "=", ",", "`", " in ", "."))
        return text[:place] + wrong + text[place + (1 if not wrong else 0) :]

    def _variables(self) -> dict[str, Any]:
        pick, number = self._pick, self._random.randrange
        lines = [
            {
                "sku": pick(("A1", "B2", "C3")),
                "price": pick((1, 2.5, 99.99, -7, 100)),
                "qty": number(5),
                "tags": pick(([], ["x"], ["y", "z"])),
            }
            for _ in range(number(4))
        ]
        return {
            "a": pick((0, 1, 2, -7, 2.5, 100)),
            "b": pick((0, 5, 0.1, None, -1)),
            "n": pick((1, 2, 3)),
            "s": pick(("", "abc", "Hello World", "10", "Zoë")),
            "flag": pick((True, False)),
            "nothing": None,
            "nums": [pick((0, 1, 2.5, -7, 100, 0.1)) for _ in range(number(5))],
            "words": [pick(("abc", "", "Zoë", "a b")) for _ in range(number(4))],
            "mixed": [pick((1, "a", None, True, 2.5)) for _ in range(number(5))],
            "empty": [],
            "items": lines,
            "order": {
                "id": "o-1",
                "total": pick((0, 5, 99.5)),
                "customer": {"name": pick(("Ana", "O'Neil", "")), "age": number(80), "vip": pick((True, False))},
                "lines": lines[:2],
            },
        }


def cases(seed: int, count: int) -> list[dict[str, Any]]:
    """So many cases from a seed."""
    stream = Expressions(seed)
    return [stream.case(number) for number in range(count)]
