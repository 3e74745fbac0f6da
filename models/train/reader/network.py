"""The reader's network: one rectified plate in, character scores for two rows of 80 steps out.

    input      uint8 (N, 48, 160, 3) BGR, the plate with a margin of about 8 % around it
    normalise  each channel of each picture to mean 0, deviation 1: casts and darkness vanish before the first layer
    body       dense 3x3 convolutions, stride 2 x 2, 2 x 2 and 2 x 1: 6 rows of 40 columns; the last one reaches further
               across (dilation 2), since a character of a short or a square plate is 10 columns wide
    columns    one convolution over the whole height turns each column into a vector, so that the two lines of a
               square plate are told apart by weights and not by a place in the picture
    context    dilated 1 x 5 convolutions along the columns
    head       each column gives two steps for each of two rows: 80 steps a row, 2 px of the input a step

The output is the log probability of 36 characters and blank (the last class) at 160 steps: the steps of the first
row and then those of the second. A plate of one line is written in the first row. One connectionist temporal
classification (CTC; Graves et al., 2006) sequence runs over all 160, so plates of two lines are read in one pass.

British `11` covers two bars of 7 px each: 3.5 steps a character, enough for a character and a blank.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from anpr.vrm import ALPHABET

HEIGHT: Final = 48
WIDTH: Final = 160
ROWS: Final = 2
STEPS: Final = 80
CLASSES: Final = len(ALPHABET) + 1
BLANK: Final = len(ALPHABET)


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of a network: channels of the three scales and of the column vectors; `rank` of the context's factored kernels."""

    widths: tuple[int, int, int, int]
    rank: int | None = None


SHAPES: Final = {
    "reader": Shape((32, 64, 112, 192)),
    "reader_teacher": Shape((64, 128, 224, 384)),
    "reader_wide": Shape((64, 128, 224, 384), rank=224),
}
"""The network that reads every plate; the one that it learns from; and this one's shipped form, which reads again those
plates of which the first is unsure (`reader_factoring`)."""
REACHES: Final = (1, 2, 3, 1, 4)
"""Dilation of each block of the context."""
CONTRAST_FLOOR: Final = 3.0
"""Grey levels of 255 added to each channel's deviation, so that an empty channel's noise is not blown up."""


class Convolution(nn.Sequential):
    """Convolution, batch normalisation, ReLU."""

    def __init__(
        self,
        channels_in: int,
        channels_out: int,
        kernel: tuple[int, int] = (3, 3),
        stride: tuple[int, int] = (1, 1),
        dilation: int = 1,
        pad: tuple[int, int] | None = None,
        active: bool = True,
    ) -> None:
        padding = pad if pad is not None else (kernel[0] // 2, kernel[1] // 2 * dilation)
        layers: list[nn.Module] = [
            nn.Conv2d(channels_in, channels_out, kernel, stride, padding, dilation=(1, dilation), bias=False),
            nn.BatchNorm2d(channels_out),
        ]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if active else []))


class Residual(nn.Module):
    """Two convolutions around which the input is carried; the second may be left out."""

    def __init__(self, channels: int, kernel: tuple[int, int] = (3, 3), dilation: int = 1, depth: int = 1) -> None:
        super().__init__()
        first = [Convolution(channels, channels, kernel, dilation=dilation) for _ in range(depth - 1)]
        self.body = nn.Sequential(*first, Convolution(channels, channels, kernel, dilation=dilation, active=False))

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape."""
        return F.relu(features + self.body(features))


class Factored(nn.Module):
    """A Residual of kernel (1, 5) as two convolutions, the first to `rank` channels: about half the weights."""

    def __init__(self, channels: int, rank: int, dilation: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, rank, (1, 5), padding=(0, 2 * dilation), dilation=(1, dilation), bias=False),
            Convolution(rank, channels, (1, 1), active=False),
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape."""
        return F.relu(features + self.body(features))


def normalised(pictures: Tensor) -> Tensor:
    """Return float pictures (N, C, H, W) with each channel's mean 0 and deviation 1 (less for near-empty ones).

    Works on flattened channels, for which onnxruntime takes a quarter of the time.
    """
    flat = pictures.contiguous().flatten(2)
    flat = flat - flat.mean(dim=2, keepdim=True)
    flat = flat * (1.0 / ((flat * flat).mean(dim=2, keepdim=True).sqrt() + CONTRAST_FLOOR))
    return flat.reshape(pictures.shape)


class ReaderNetwork(nn.Module):
    """See the module's docstring; `shape` is a name of SHAPES."""

    def __init__(self, shape: str = "reader") -> None:
        super().__init__()
        self.shape = shape
        fine, middle, coarse, column = SHAPES[shape].widths
        rank = SHAPES[shape].rank
        self.body = nn.Sequential(
            Convolution(3, fine, stride=(2, 2)),
            Convolution(fine, middle, stride=(2, 2)),
            Residual(middle),
            Convolution(middle, coarse, stride=(2, 1)),
            Residual(coarse),
            Residual(coarse),
            Residual(coarse, dilation=2),
        )
        self.columns = Convolution(coarse, column, (HEIGHT // 8, 1), pad=(0, 0))
        self.context = nn.Sequential(
            *(
                Residual(column, (1, 5), dilation=reach) if rank is None else Factored(column, rank, reach)
                for reach in REACHES
            )
        )
        self.head = nn.Conv2d(column, ROWS * 2 * CLASSES, 1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return log probabilities (N, 160, 37) of uint8 (or float 0..255) pictures (N, 48, 160, 3)."""
        x = normalised(pictures.float().permute(0, 3, 1, 2))
        x = self.context(self.columns(self.body(x)))
        scores = self.head(x).float()
        n = scores.shape[0]
        scores = scores.reshape(n, ROWS, 2, CLASSES, STEPS // 2).permute(0, 1, 4, 2, 3)
        return F.log_softmax(scores.reshape(n, ROWS * STEPS, CLASSES), dim=-1)


def take_weights(network: ReaderNetwork, weights: dict[str, Tensor]) -> None:
    """Load a state that may be of a shallower network: blocks that it lacks begin as if they were not there.

    Raises ValueError when the state has parts that the network lacks.
    """
    missing, unexpected = network.load_state_dict(weights, strict=False)
    if unexpected:
        raise ValueError(f"the state has {unexpected[0]}, which this network lacks")
    absent = set(missing)
    for name, module in network.named_modules():
        if isinstance(module, Residual) and f"{name}.body.0.0.weight" in absent:
            nn.init.zeros_(module.body[-1][1].weight)  # type: ignore[index, arg-type]


def load_network(checkpoint: Path) -> ReaderNetwork:
    """Return the network with a checkpoint's averaged weights, ready to read."""
    state = torch.load(checkpoint, weights_only=True)
    network = ReaderNetwork(state.get("shape", "reader"))
    network.load_state_dict(state["average"])
    return network.eval()
