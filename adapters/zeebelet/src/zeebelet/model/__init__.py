"""Reads what is deployed - BPMN, DMN, forms - into plain values; knows nothing of execution."""
