"""What FEEL's built-in functions give, as far as the checks need it; the engine's own table says which there are."""

from __future__ import annotations

from workers.workshop.check.shapes import ANY, BOOLEAN, NUMBER, OPEN_CONTEXT, STRING, Shape, list_of, of
from zeebelet.feel.functions import CAMUNDA_FUNCTIONS

_GIVES: dict[str, tuple[Shape, str]] = {
    "boolean": (
        BOOLEAN,
        "not,contains,starts with,ends with,matches,list contains,all,and,any,or,is defined,is blank,odd,even,"
        "before,after,meets,met by,overlaps,finishes,includes,during,starts,coincides,is empty",
    ),
    "number": (
        NUMBER,
        "number,string length,count,sum,product,mean,median,stddev,decimal,floor,ceiling,round up,round down,"
        "round half up,round half down,abs,modulo,sqrt,log,exp,random number,day of year,week of year",
    ),
    "string": (
        STRING,
        "string,substring,upper case,lower case,substring before,substring after,replace,trim,to base64,uuid,"
        "to json,string join,day of week,month of year",
    ),
    "list": (
        list_of(ANY),
        "split,extract,sublist,append,concatenate,insert before,remove,reverse,index of,union,"
        "distinct values,duplicate values,flatten,sort,partition,get entries,mode",
    ),
    "context": (OPEN_CONTEXT, "put,put all,context merge,context"),
    "date": (of("date", "null"), "date,today,last day of month"),
    "date and time": (of("date and time", "null"), "date and time,now"),
    "time": (of("time", "null"), "time"),
    "duration": (of("duration", "null"), "duration,years and months duration"),
}
GIVES: dict[str, Shape] = {name.strip(): shape for shape, names in _GIVES.values() for name in names.split(",")}

TAKES_NULL = frozenset(
    "get or else,is defined,string,string join,list contains,not,count,append,concatenate,context put,context merge,assert,"
    "is empty,is blank,union,put,put all,context,flatten".split(",")
)
"""Functions that a missing value does not turn into null, or where that is meant."""

NAMES = frozenset(CAMUNDA_FUNCTIONS)


def takes(name: str, count: int) -> bool:
    """Whether a function can be called with so many arguments."""
    return any(f.var_args or len(f.params) == count for f in CAMUNDA_FUNCTIONS[name])


def signature(name: str) -> str:
    """How a function is called, for a hint."""
    return " or ".join(f"{name}({', '.join(f.params)})" for f in CAMUNDA_FUNCTIONS[name][:3])
