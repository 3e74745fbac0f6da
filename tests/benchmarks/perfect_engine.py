"""Stands in for an engine that reads every legible plate right: it says what the truth beside the clip says."""

import json
import sys
from pathlib import Path

CLIP = Path(sys.argv[1])
TRUTH = json.loads(CLIP.with_name(CLIP.stem + ".truth.json").read_text(encoding="utf-8"))
for vehicle in TRUTH["vehicles"]:
    legible = [row for row in vehicle["frames"] if row["legible"]]
    if legible:
        reads = [{"frame": r["frame"], "box": r["box"], "text": vehicle["vrm"], "confidence": 1.0} for r in legible]
        times = {"first_s": vehicle["first_s"], "last_s": vehicle["last_s"]}
        told = {"type": "sighting", "text": vehicle["vrm"], "confidence": 1.0, **times, "reads": reads}
        sys.stdout.write(json.dumps(told) + "\n")
sys.stdout.write(json.dumps({"type": "summary", "frames": TRUTH["frames"], "dropped": 0, "ms": {}}) + "\n")
