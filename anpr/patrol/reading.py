"""Whether the car reads plates at this moment, and if not, why: what the crew is told while there is no hit.

What was read decides, never what was not reported: "reading" needs a frame of a camera that went through the engine within
`FRAME_SILENCE_S`, and no standing fault that blinds that camera or the car (`anpr.faults.FaultKind.blinds`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from anpr.faults import kind_of
from anpr.patrol.health import FRAME_SILENCE_S
from anpr.screen.port import ReadingState, ReadingView
from anpr.values import Fault


@dataclass(frozen=True, slots=True)
class ReadingSources:
    """What reading is told from; each is asked anew every time and must answer at once.

    `silence_s`: seconds since something of each camera was read, None when nothing ever was. `holding` are the faults
    whose condition holds at this moment, `standing` those that the crew is shown: some are over, but only just.
    """

    silence_s: Callable[[], Mapping[str, float | None]]
    holding: Callable[[], Sequence[Fault]]
    standing: Callable[[], Sequence[Fault]]
    undocked: Callable[[], bool]


def reading_view(sources: ReadingSources) -> ReadingView:
    """Return whether plates are read now."""
    silence = sources.silence_s()
    blind = {fault.subject for fault in sources.holding() if kind_of(fault).blinds}
    eyes = [name for name, quiet_s in silence.items() if quiet_s is not None and quiet_s <= FRAME_SILENCE_S]
    if "" not in blind and not blind.issuperset(eyes):
        return ReadingView(ReadingState.READING)
    if sources.undocked():
        return ReadingView(ReadingState.UNDOCKED, "Plates are not read.", "Dock the tablet to read again.")
    causes = [fault for fault in sources.standing() if kind_of(fault).blinds]
    if causes:
        worst = max(causes, key=lambda fault: (fault.subject in blind, fault.priority))
        return ReadingView(ReadingState.BLIND, worst.text, worst.remedy)
    if any(quiet_s is not None for quiet_s in silence.values()):
        return ReadingView(
            ReadingState.BLIND, f"No frames from {', '.join(silence)}.", "Check the cables of the cameras."
        )
    return ReadingView(ReadingState.WAITING, f"Waiting for {', '.join(silence) or 'a camera'}.", "Wait a moment.")
