"""Stand-ins of providers outside AWS, one module each, written from the provider's public documentation.

A module defines a class of `transport.StandIn` with its hosts; nothing else registers it. They answer in
process and never ship: what ships reaches only public addresses (`chalicelib/core/guard.py`), whatever its
environment.
"""
