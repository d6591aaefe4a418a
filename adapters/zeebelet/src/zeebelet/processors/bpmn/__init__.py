"""How each BPMN element behaves: `lifecycle` is the table of states, `steps` drives it, one file per element fills it in."""
