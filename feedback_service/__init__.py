"""
The feedback service: ratings, escalations and the case queue.  Deployed apart from the generator and talks to it through files.

Most rooms are pure: values in, values out; the time, the secrets and the random numbers are handed in by the few rooms that touch the
world.  `tests/test_house.py` holds the list.
"""
