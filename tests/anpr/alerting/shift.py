"""Random shifts at the alert board (`tests.anpr.alerting.model`): how many hits do they swallow?

`python -m tests.anpr.alerting.shift --shifts 2000 --events 200 --seed 1` runs them; the property test in `test_shift.py` lets
hypothesis look for the worst ones.
"""

import argparse
import json
import sys
import time
from random import Random
from typing import Final

from tests.anpr.alerting.model import Shift, Swallowed
from tests.anpr.alerting.vehicles import COVERT, OVERT, UNLISTED

PROBABILITIES: Final = (0.05, 0.3, 0.5, 0.79, 0.8, 0.9, 0.97, 0.999)
DECISIONS: Final = ("confirmed", "wrong_plate", "wrong_vehicle", "no_action")
CLOCK_STEPS: Final = (-7200.0, -45.0, 45.0, 7200.0, 8 * 86400.0)


def random_event(shift: Shift, rng: Random) -> None:
    """Have one thing happen: mostly vehicles, now and then the crew."""
    kind = rng.random()
    if kind < 0.62:
        _vehicle_event(shift, rng, appears=kind < 0.22)
    elif kind < 0.96:
        _crew_event(shift, rng, kind)
    elif kind < 0.97:
        shift.set_clock(rng.choice(CLOCK_STEPS))
    elif kind < 0.985:
        shift.look_back(rng.randrange(8))
    elif kind < 0.995:
        shift.close_old()
    else:
        shift.restart()


def _vehicle_event(shift: Shift, rng: Random, *, appears: bool) -> None:
    mark = rng.choice((*OVERT, *OVERT, COVERT, UNLISTED))
    probability = rng.choice(PROBABILITIES)
    hides = rng.random() < 0.3
    if appears:
        shift.appear(mark, probability, hides=hides)
    else:
        same = bool(shift.live) and rng.random() < 0.7
        which = rng.randrange(8)
        if same:
            mark = list(shift.live.values())[which % len(shift.live)].mark
        shift.read(which, mark, probability, final=rng.random() < 0.35, hides=hides)


def _crew_event(shift: Shift, rng: Random, kind: float) -> None:
    if kind < 0.68:
        shift.join(rng.randrange(8), rng.randrange(8))
    elif kind < 0.76:
        shift.acknowledge(rng.randrange(8))
    elif kind < 0.84:
        shift.decide(rng.randrange(8), rng.choice(DECISIONS), late=rng.random() < 0.3)
    else:
        shift.wait(rng.choice((0.03, 0.5, 5.0, 30.0, 59.9, 60.1, 300.0)))


def main() -> int:
    """Run random shifts and say how many hits were swallowed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shifts", type=int, default=2000)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600.0, help="stop by itself after this time")
    asked = parser.parse_args()
    ends = time.monotonic() + asked.seconds
    shifts = hits = 0
    troubles: list[str] = []
    for seed in range(asked.seed, asked.seed + asked.shifts):
        if time.monotonic() > ends:
            break
        shift, rng = Shift(), Random(seed)
        try:
            for _ in range(asked.events):
                random_event(shift, rng)
        except Swallowed as trouble:
            troubles.append(f"seed {seed}: {trouble}")
        shifts += 1
        hits += shift.hits
    sys.stdout.write(
        json.dumps({"shifts": shifts, "events": asked.events, "hits": hits, "swallowed": len(troubles)}) + "\n"
    )
    for one in troubles[:10]:
        sys.stdout.write(one + "\n")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
