"""Users, roles, groups, tenants, mapping rules and authorizations, kept in memory: set-up scripts and clients' suites run.

They are kept, not enforced: whoever may call this engine may do everything (see `--issuer` for who may call it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from zeebelet.gateway.errors import GatewayError, InvalidRequestError, NotFoundError
from zeebelet.gateway.rest.context import Call, Created
from zeebelet.gateway.rest.routes import Route
from zeebelet.records import JsonObject

_FIRST_KEY = (1 << 51) + (1 << 50)  # out of the way of the engine's keys


class AlreadyThereError(GatewayError):
    """Something of that id is there already."""

    name = "ALREADY_EXISTS"


class Kind(NamedTuple):
    """One kind of thing: its path, its id, what it is made of, and what can be assigned to it."""

    path: str
    id: str
    noun: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    secret: tuple[str, ...] = ()  # taken, never shown
    members: tuple[str, ...] = ()
    keyed: bool = False  # its id is a key that is given to it


# What is assigned, by the last part of its path, and the property that names it.
MEMBERS = {
    "users": "username",
    "clients": "clientId",
    "groups": "groupId",
    "roles": "roleId",
    "mapping-rules": "mappingRuleId",
}
KINDS = (
    Kind("users", "username", "user", ("username",), ("name", "email"), ("password",)),
    Kind(
        "roles",
        "roleId",
        "role",
        ("roleId", "name"),
        ("description",),
        (),
        ("users", "clients", "groups", "mapping-rules"),
    ),
    Kind(
        "groups",
        "groupId",
        "group",
        ("groupId", "name"),
        ("description",),
        (),
        ("users", "clients", "roles", "mapping-rules"),
    ),
    Kind(
        "tenants",
        "tenantId",
        "tenant",
        ("tenantId", "name"),
        ("description",),
        (),
        ("users", "clients", "groups", "roles", "mapping-rules"),
    ),
    Kind("mapping-rules", "mappingRuleId", "mapping rule", ("mappingRuleId", "claimName", "claimValue", "name")),
    Kind(
        "authorizations",
        "authorizationKey",
        "authorization",
        ("ownerId", "ownerType", "resourceType", "permissionTypes"),
        ("resourceId", "resourcePropertyName"),
        keyed=True,
    ),
)


def page(items: list[JsonObject], body: JsonObject) -> JsonObject:
    """A page of things: those that equal the filter, from a place on."""
    wanted = {name: value for name, value in (body.get("filter") or {}).items() if not isinstance(value, dict)}
    found = [item for item in items if all(item.get(name) == value for name, value in wanted.items())]
    asked = body.get("page")
    cut: JsonObject = asked if isinstance(asked, dict) else {}
    start, limit = cut.get("from") or 0, cut.get("limit") or 100
    shown = found[start : start + limit] if isinstance(start, int) and isinstance(limit, int) else found
    cursors = {"startCursor": str(start) if shown else None, "endCursor": str(start) if shown else None}
    return {"items": shown, "page": {"totalItems": len(found), "hasMoreTotalItems": False, **cursors}}


class _Store:
    """The things of one kind."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.things: dict[str, JsonObject] = {}
        self.members: dict[tuple[str, str], dict[str, None]] = {}
        self._next = _FIRST_KEY

    def _made(self, body: JsonObject) -> JsonObject:
        missing = [name for name in self.kind.required if not body.get(name)]
        if missing:
            raise InvalidRequestError(" ".join(f"No {name} provided." for name in missing))
        return {name: body.get(name) for name in (*self.kind.required, *self.kind.optional)}

    def create(self, call: Call) -> Created:
        """POST: it must be new."""
        made = self._made(call.body)
        if self.kind.keyed:
            self._next += 1
            made[self.kind.id] = str(self._next)
        key = str(made[self.kind.id])
        if key in self.things:
            raise AlreadyThereError(
                f"Command 'CREATE' rejected with code 'ALREADY_EXISTS': Expected to create {self.kind.noun} with id '{key}', "
                "but one of that id exists already"
            )
        self.things[key] = made
        return Created({self.kind.id: key} if self.kind.keyed else made)

    def get(self, call: Call) -> JsonObject:
        """GET by id."""
        key = str(call.parameters["id"])
        found = self.things.get(key)
        if found is None:
            raise NotFoundError(f"{self.kind.noun.capitalize()} with id '{key}' not found")
        return found

    def update(self, call: Call) -> JsonObject:
        """PUT: the id stays."""
        found = self.get(call)
        made = self._made({**call.body, self.kind.id: found[self.kind.id]})
        found.update(made)
        return found

    def delete(self, call: Call) -> None:
        """DELETE by id."""
        key = str(self.get(call)[self.kind.id])
        del self.things[key]
        for place in [place for place in self.members if place[0] == key]:
            del self.members[place]

    def search(self, call: Call) -> JsonObject:
        """POST .../search."""
        return page(list(self.things.values()), call.body)

    def assign(self, member: str) -> Callable[[Call], None]:
        """PUT of a member."""

        def handle(call: Call) -> None:
            key = str(self.get(call)[self.kind.id])
            self.members.setdefault((key, member), {})[str(call.parameters["member"])] = None

        return handle

    def unassign(self, member: str) -> Callable[[Call], None]:
        """DELETE of a member."""

        def handle(call: Call) -> None:
            key, name = str(self.get(call)[self.kind.id]), str(call.parameters["member"])
            if name not in self.members.get((key, member), {}):
                raise NotFoundError(f"{self.kind.noun.capitalize()} with id '{key}' has no '{name}' among its {member}")
            del self.members[key, member][name]

        return handle

    def assigned(self, member: str) -> Callable[[Call], JsonObject]:
        """POST .../search of members."""

        def handle(call: Call) -> JsonObject:
            key = str(self.get(call)[self.kind.id])
            return page([{MEMBERS[member]: name} for name in self.members.get((key, member), {})], call.body)

        return handle


def routes() -> Iterator[Route]:
    """The routes of all kinds, each with a store of its own."""
    for kind in KINDS:
        store = _Store(kind)
        one = f"/{kind.path}/{{id}}"
        yield Route("POST", f"/{kind.path}", store.create)
        yield Route("POST", f"/{kind.path}/search", store.search)
        yield Route("GET", one, store.get)
        yield Route("PUT", one, store.update)
        yield Route("DELETE", one, store.delete)
        for member in kind.members:
            yield Route("PUT", f"{one}/{member}/{{member}}", store.assign(member))
            yield Route("DELETE", f"{one}/{member}/{{member}}", store.unassign(member))
            yield Route("POST", f"{one}/{member}/search", store.assigned(member))
