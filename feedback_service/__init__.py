"""
The feedback service: ratings, escalations and the case queue.  Deployed apart from the generator and talks to it through files.

Everything here is pure: values in, values out.  The time, the secrets and the random numbers are handed in by the rooms that
touch the world; `tests/test_house.py` holds the list.
"""
