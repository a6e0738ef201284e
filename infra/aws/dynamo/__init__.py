"""DynamoDB's item operations, in memory: what moto does too slowly or not at all.

Tables are described by moto, which creates them; their items live here. Sizes, limits, errors and messages
follow the service's API reference. Not covered, and refused: legacy parameters (`Expected`, `KeyConditions`),
PartiQL, streams; time to live never fires (the service, too, may take days).
"""
