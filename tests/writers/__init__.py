"""Write tables in the formats and dialects in which contractors come out of 1C.

Only what tests need, and by nothing that the readers of the addon use: a mistake
would have to be made twice to go unseen. What is written is the same byte for byte
each time.
"""
