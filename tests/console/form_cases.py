"""Forms in the shapes public Camunda forms have, with data and what a person does to them."""

from __future__ import annotations

from typing import Any

Case = dict[str, Any]
FRUITS = [{"label": "Apple", "value": "apple"}, {"label": "Pear", "value": "pear"}, {"label": "Two", "value": 2}]
EMAIL, PHONE = {"validationType": "email"}, {"validationType": "phone"}


def field(kind: str, name: str, **attributes: Any) -> dict[str, Any]:
    """A keyed component."""
    return {"type": kind, "id": f"f_{name}", "key": name, "label": name.title(), **attributes}


def text(words: str, name: str = "words") -> dict[str, Any]:
    """A text component."""
    return {"type": "text", "id": f"t_{name}", "text": words}


def step(name: str, value: Any, *indexes: int) -> dict[str, Any]:
    """A person sets a field."""
    return {"id": f"f_{name}", "indexes": list(indexes), "value": value}


def case(name: str, *components: Any, variables: Any = None, steps: Any = ()) -> Case:
    """One form."""
    schema = {"type": "default", "id": name, "schemaVersion": 19, "components": list(components)}
    return {"name": name, "schema": schema, "variables": variables or {}, "steps": list(steps)}


def group(name: str, *components: Any, **attributes: Any) -> dict[str, Any]:
    """A group."""
    return {"type": "group", "id": f"g_{name}", "label": name.title(), "components": list(components), **attributes}


def rows(name: str, *components: Any, **attributes: Any) -> dict[str, Any]:
    """A dynamic list."""
    return {
        "type": "dynamiclist",
        "id": f"l_{name}",
        "path": name,
        "label": name.title(),
        "isRepeating": True,
        "allowAddRemove": True,
        "components": list(components),
        **attributes,
    }


def one_rule(name: str, kind: str, rule: dict[str, Any], *values: Any) -> list[Case]:
    """A field with one rule, once for each value."""
    return [
        case(f"{name}-{index}", field(kind, "x", validate=rule), steps=[step("x", value)])
        for index, value in enumerate(values)
    ]


RULES: list[Case] = [
    *one_rule("required-text", "textfield", {"required": True}, "", "a", " "),
    *one_rule("required-number", "number", {"required": True}, None, 0, 1),
    *one_rule("required-checkbox", "checkbox", {"required": True}, False, True),
    *one_rule("bounds", "number", {"min": -1, "max": 10.5}, -2, -1, 0, 10.5, 10.51, None),
    *one_rule("lengths", "textarea", {"minLength": 2, "maxLength": 4}, "", "a", "ab", " a ", "abcd", "abcde", "😀"),
    *one_rule("email", "textfield", EMAIL, "", "a@b", "a@b.example", "a b@c.d", "a@b..c", "é@b.c", "a@-b.c"),
    *one_rule(
        "phone",
        "textfield",
        PHONE,
        "",
        "+33612345678",
        "0033612345678",
        "+49 30 664040",
        "+4930664040900",
        "12345",
        "+1",
    ),
    *one_rule("pattern", "textfield", {"pattern": "^[A-Z]{2}$"}, "", "FR", "fr", "FRA", "xFRx"),
    *one_rule("pattern-part", "textfield", {"pattern": "\\d+"}, "a", "a1"),
    *one_rule("computed-bound", "number", {"max": "=2 + 3"}, 5, 6),
]
NUMBERS: list[Case] = [
    case(f"digits-{index}", field("number", "x", decimalDigits=2), steps=[step("x", value)])
    for index, value in enumerate((1, 1.5, 1.25, 1.255, 0))
] + [
    case("whole", field("number", "x", decimalDigits=0), steps=[step("x", 1.5)]),
    case("step", field("number", "x", increment="0.5"), steps=[step("x", 1.3)]),
    case("step-met", field("number", "x", increment="0.5"), steps=[step("x", 1.5)]),
    case("number-as-text", field("number", "x", serializeToString=True), variables={"x": "12.50"}),
    case("number-from-text", field("number", "x"), variables={"x": "12"}),
    case("number-from-words", field("number", "x"), variables={"x": "twelve"}),
    case("number-from-list", field("number", "x"), variables={"x": [1]}),
]
CHOICES: list[Case] = [
    case("radio", field("radio", "x", values=FRUITS, validate={"required": True})),
    case("radio-known", field("radio", "x", values=FRUITS), variables={"x": 2}),
    case("radio-unknown", field("radio", "x", values=FRUITS), variables={"x": "plum"}),
    case("select-default", field("select", "x", values=FRUITS, defaultValue="pear")),
    case("select-set", field("select", "x", values=FRUITS), steps=[step("x", "apple")]),
    case("checklist", field("checklist", "x", values=FRUITS), variables={"x": ["apple", "plum"]}),
    case("checklist-required", field("checklist", "x", values=FRUITS, validate={"required": True})),
    case("taglist-words", field("taglist", "x", values=FRUITS), variables={"x": "apple"}),
    case(
        "by-key",
        field("select", "x", valuesKey="all"),
        variables={"all": ["a", {"label": "B", "value": "b"}, None], "x": "b"},
    ),
    case("by-key-missing", field("select", "x", valuesKey="all"), variables={"x": "b"}),
    case(
        "by-expression",
        field("checklist", "x", valuesExpression="=for a in all return {label: a.name, value: a.id}"),
        variables={"all": [{"name": "One", "id": 1}, {"name": "Two", "id": 2}], "x": [2, 3]},
    ),
    case("by-expression-null", field("radio", "x", valuesExpression="=nothing"), variables={"x": 1}),
    case("objects", field("select", "x", values=[{"label": "A", "value": {"id": 1}}]), variables={"x": {"id": 1}}),
]
CONDITIONS: list[Case] = [
    case(
        "hidden",
        field("checkbox", "more"),
        field("textfield", "why", conditional={"hide": "=not(more)"}, validate={"required": True}),
    ),
    case(
        "shown",
        field("checkbox", "more"),
        field("textfield", "why", conditional={"hide": "=not(more)"}, validate={"required": True}),
        steps=[step("more", True)],
    ),
    case(
        "hidden-number",
        field("number", "n"),
        field("textfield", "x", conditional={"hide": "=n > 3"}),
        steps=[step("n", 4)],
    ),
    case("not-boolean", field("textfield", "x", conditional={"hide": "=1 + 1"})),
    case("broken", field("textfield", "x", conditional={"hide": "=("})),
    case("null-condition", field("textfield", "x", conditional={"hide": "=missing.path > 3"})),
    case(
        "chain",
        field("textfield", "a"),
        field("textfield", "b", conditional={"hide": '=a = null or a = ""'}),
        field("textfield", "c", conditional={"hide": '=b = "show"'}),
        steps=[step("a", "x"), step("b", "show"), step("a", "")],
    ),
    case(
        "hidden-group",
        field("checkbox", "more"),
        group("box", field("textfield", "x", validate={"required": True}), conditional={"hide": "=not(more)"}),
    ),
    case(
        "pathed-group",
        group("box", field("textfield", "x"), field("number", "y"), path="box.inner"),
        variables={"box": {"kept": 1}},
    ),
]
LISTS: list[Case] = [
    case("list-empty", rows("lines", field("textfield", "x"), defaultRepetitions=0)),
    case("list-default", rows("lines", field("textfield", "x", validate={"required": True}))),
    case(
        "list-two",
        rows("lines", field("number", "n", validate={"min": 1}), defaultRepetitions=2),
        steps=[step("n", 0, 0), step("n", 3, 1)],
    ),
    case(
        "list-data", rows("lines", field("textfield", "x")), variables={"lines": [{"x": "a", "y": 1}, 7, {"x": None}]}
    ),
    case(
        "list-add",
        rows("lines", field("textfield", "x", defaultValue="new")),
        variables={"lines": [{"x": "a"}]},
        steps=[{"id": "l_lines", "add": 0, "list": "l_lines"}],
    ),
    case(
        "list-this",
        rows("lines", field("number", "n"), field("textfield", "x", conditional={"hide": "=this.n > 1"})),
        variables={"lines": [{"n": 1}, {"n": 2}]},
    ),
    case(
        "list-parent",
        field("checkbox", "more"),
        rows("lines", field("textfield", "x", conditional={"hide": "=not(parent.more)"})),
        variables={"lines": [{"x": "a"}]},
        steps=[step("more", True)],
    ),
    case(
        "list-nested",
        rows("outer", field("textfield", "name"), rows("inner", field("number", "n", validate={"required": True}))),
        variables={"outer": [{"name": "a", "inner": [{"n": 1}, {}]}, {"inner": []}]},
    ),
    case(
        "list-index",
        rows("lines", field("textfield", "x", label='="Row " + string(i[1])')),
        variables={"lines": [{}, {}]},
    ),
]
VALUES: list[Case] = [
    case("default", field("textfield", "x", defaultValue="a"), field("checkbox", "y", defaultValue=True)),
    case("default-and-data", field("textfield", "x", defaultValue="a"), variables={"x": "b"}),
    case("null-data", field("textfield", "x", defaultValue="a"), variables={"x": None}),
    case("text-from-number", field("textfield", "x"), field("textarea", "y"), variables={"x": 1.5, "y": True}),
    case("lines-to-spaces", field("textfield", "x"), variables={"x": "a\nb\tc"}),
    case("object-as-text", field("textfield", "x"), variables={"x": {"a": 1}}),
    case("deep", field("textfield", "a.b.c"), variables={"a": {"b": {"d": 1}}}),
    case("readonly", field("textfield", "x", readonly=True, validate={"required": True})),
    case("readonly-computed", field("textfield", "x", readonly="=true"), variables={"x": "kept"}),
    case("disabled", field("textfield", "x", disabled=True, validate={"required": True}), field("textfield", "y")),
    case("expression", field("number", "a"), field("expression", "sum", expression="=a * 2"), steps=[step("a", 4)]),
    case(
        "expression-late",
        field("number", "a"),
        field("expression", "sum", expression="=a * 2", computeOn="presubmit"),
        steps=[step("a", 4)],
    ),
    case(
        "expression-shows",
        field("number", "a"),
        field("expression", "s", expression="=a * 2"),
        text("{{s}}"),
        steps=[step("a", 4)],
    ),
    case("date", field("datetime", "x", subtype="date", validate={"required": True}), variables={"x": "2027-02-28"}),
    case("date-wrong", field("datetime", "x", subtype="date"), variables={"x": "2027-02-28T10:00"}),
    case("time", field("datetime", "x", subtype="time", timeSerializingFormat="no_timezone"), variables={"x": "10:30"}),
    case(
        "moment",
        field("datetime", "x", subtype="datetime", timeSerializingFormat="utc_normalized"),
        variables={"x": "2027-02-28T10:30Z"},
    ),
    case("moment-words", field("datetime", "x", subtype="datetime"), variables={"x": "tomorrow"}),
]
WORDS: list[Case] = [
    case("template", text("Dear **{{who}}**, you owe {{total}}"), variables={"who": "Ann", "total": 12.5}),
    case("template-null", text("a {{nothing}} b")),
    case("template-expression", text('="Total: " + string(1 + 1)')),
    case("template-if", text("{{#if more}}yes{{/if}}no"), variables={"more": True}),
    case(
        "template-loop",
        text("{{#loop items}}- {{name}}\n{{/loop}}"),
        variables={"items": [{"name": "a"}, {"name": "b"}]},
    ),
    case("template-this", text("{{#loop items}}{{this}};{{/loop}}"), variables={"items": [1, 2]}),
    case("template-broken", text("a {{(}} b")),
    case(
        "labels",
        field("textfield", "x", label='="Name of " + who', description="Hello {{who}}"),
        variables={"who": "Ann"},
    ),
    case("unsafe", text("<b>bold</b><script>alert(1)</script> <span onclick='x()'>s</span>")),
    case(
        "table",
        {"type": "table", "id": "tb", "label": "Rows", "dataSource": "=rows", "columns": [{"label": "A", "key": "a"}]},
        variables={"rows": [{"a": 1}]},
    ),
    case(
        "other",
        {"type": "separator", "id": "s"},
        {"type": "spacer", "id": "p"},
        {"type": "button", "id": "b", "label": "Go"},
        {"type": "html", "id": "h", "content": "<p>{{x}}</p>"},
        {"type": "image", "id": "i", "source": "data:,"},
    ),
]
CASES: list[Case] = [*RULES, *NUMBERS, *CHOICES, *CONDITIONS, *LISTS, *VALUES, *WORDS]
