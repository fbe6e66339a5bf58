"""Checks the answers of plugins against the contracts of the ports: one module per port.

A type annotation of a frozen dataclass checks nothing at run time. Values from a plugin are
checked here before the shop uses, shows or stores them. Each function returns the answer or
raises `WrongAnswer`.
"""
