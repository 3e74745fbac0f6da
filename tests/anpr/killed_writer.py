"""Writes records until it is killed; says on stdout the id of each record once it is committed."""

import sys
from pathlib import Path

from anpr.records.store import RecordStore
from tests.anpr.records.test_store import made_sighting

store = RecordStore(Path(sys.argv[1]), sys.argv[2])
track = 0
while True:
    track += 1
    made = made_sighting(track, final=True)
    sys.stdout.write(f"{store.record_sighting(made)} {made.text}\n")
    sys.stdout.flush()
