"""Oracle Fusion Payables over its ERP REST API; `local.py` emulates it."""
