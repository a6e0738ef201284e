"""delivery: the engine. It is handed plans and knows nothing of campaigns, alerts or digests.

launch ─► plan ─► expand (paced) ─► chunks + SQS ─► deliver: claim · send · record ─► provider ─► receipts
                                                     sweep: settles what was left
"""
