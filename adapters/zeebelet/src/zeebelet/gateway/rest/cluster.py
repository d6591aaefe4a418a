"""What the engine says about itself."""

from __future__ import annotations

from zeebelet.gateway.identity import CLUSTER_ID, VERSION
from zeebelet.gateway.rest.context import Call
from zeebelet.records import DEFAULT_TENANT, JsonObject


def topology(call: Call) -> JsonObject:
    """Returns the one broker there is."""
    identity = call.services.identity()
    broker = {
        "nodeId": 0,
        "host": identity.host,
        "port": identity.grpc_port,
        "partitions": [{"partitionId": 1, "role": "leader", "health": "healthy"}],
        "version": VERSION,
    }
    return {
        "brokers": [broker],
        "clusterId": CLUSTER_ID,
        "clusterSize": 1,
        "partitionsCount": 1,
        "replicationFactor": 1,
        "gatewayVersion": VERSION,
        "lastCompletedChangeId": str(call.services.tables.changes or -1),
    }


def status(call: Call) -> None:
    """Says, by answering, that a healthy leader exists."""


def license_of(call: Call) -> JsonObject:
    """Returns that there is no licence to speak of: this is not the vendor's engine."""
    return {"validLicense": False, "licenseType": "unknown", "isCommercial": False, "expiresAt": None}


def me(call: Call) -> JsonObject:
    """Returns who the caller is."""
    claims = call.claims
    name = str(claims.get("preferred_username") or claims.get("sub") or "anonymous")
    return {
        "username": name,
        "displayName": claims.get("name"),
        "email": claims.get("email"),
        "authorizedComponents": ["*"],
        "tenants": [{"name": "Default", "tenantId": DEFAULT_TENANT, "description": None}],
        "groups": list(claims.get("groups", ())),
        "roles": list(claims.get("roles", ())),
        "salesPlanType": None,
        "c8Links": {},
        "canLogout": bool(claims),
    }


def configuration(call: Call) -> JsonObject:
    """Returns the settings clients may ask for."""
    return {
        "jobMetrics": {
            "enabled": False,
            "exportInterval": "PT5M",
            "maxWorkerNameLength": 100,
            "maxJobTypeLength": 100,
            "maxTenantIdLength": 30,
            "maxUniqueKeys": 9500,
        }
    }
