"""Form files."""

from __future__ import annotations

from zeebelet.model import forms
from zeebelet.processors.context import Context
from zeebelet.processors.deploying.draft import Draft, ResourceProblem
from zeebelet.records import DeploymentResource, FormMetadata


def read(ctx: Context, draft: Draft, resource: DeploymentResource, checksum: bytes) -> None:
    """Add a form to the draft."""
    try:
        form = forms.parse(resource.resource)
    except forms.FormParseError as error:
        raise ResourceProblem(str(error)) from error
    for other in draft.forms:
        if other.form_id == form.id:
            raise ResourceProblem(
                "Expected the form ids to be unique within a deployment but found a duplicated id "
                f"'{form.id}' in the resources '{other.resource_name}' and '{resource.resource_name}'."
            )
    latest = ctx.state.definitions.forms.latest(form.id)
    if (
        latest is not None
        and latest.value.checksum == checksum
        and latest.value.resource_name == resource.resource_name
    ):
        draft.forms.append(latest.value._replace(duplicate=True))
        return
    draft.forms.append(
        FormMetadata(
            form.id, -1, -1, resource.resource_name, checksum, version_tag=form.version_tag, resource=resource.resource
        )
    )
