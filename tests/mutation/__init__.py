"""Mutation runs: small bugs are put into copies of the tree, and the tests that execute the line must notice.

`python -m tests.mutation --help` says how to use it.
"""
