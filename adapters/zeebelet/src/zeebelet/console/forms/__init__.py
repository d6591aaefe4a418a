"""Camunda forms: what a schema shows for some data, what is wrong with it, and what is submitted, as the form viewer has it.

form = Form(parse(schema_text), variables, clock)
form.view.nodes, form.errors(), form.submission()
"""
