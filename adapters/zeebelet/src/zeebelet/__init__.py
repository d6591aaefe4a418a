"""A Zeebe-compatible workflow engine in Python: BPMN, DMN and FEEL as Camunda 8 runs them, for laptops and tests.

In process: `zeebelet.testing.TestEngine`. As a server: the command `zeebelet engine`, or `zeebelet.server.EngineThread`.
"""
