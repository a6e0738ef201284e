"""The whole of Crier in one process.

`Platform` makes the stack on the local AWS and runs every function of it.

with Platform() as platform:                      # in process: nothing runs by itself
    answer = platform.http("GET", "/health")
    platform.settle()                             # every queue to its end, delays skipped
    platform.outbox.last(to="ana@example.org")

platform = Platform(port=8000).start() # with a server, queues and schedules in threads
"""
