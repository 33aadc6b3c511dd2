"""Apel Virtual: the regency's Monday roll-call."""

import gc

# A conclusion holds several hundred thousand objects that are no garbage, and a collection that walks over all of them
# keeps everybody waiting for a quarter of a second; importing the service makes as many, a tenth of each start.
gc.set_threshold(10_000, 10, 100)
