"""The network of hidden characters: a plate with much around it and what the reader said of it; where something is amiss.

picture    uint8 (N, 48, 160, 3) BGR, as `anpr/perception/hidden_cut.py` cuts it; each channel brought to mean 0, deviation 1
said       float (N, 40, 74): the reader's probabilities, summed over its steps in each of 40 columns, both rows
body       convolutions to 12 x 40, one more there around which its input is carried; one over the whole height makes columns
context    the columns and what was said there, through convolutions along them
answers    (N, 3, 2, 40) logits for two rows of columns: a character that was not read stands here; the character that was
           read here is wrong; something covers the characters' band here
"""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.train.reader.network import normalised

COLUMNS: Final = 40
SAID: Final = 74
ANSWERS: Final = ("missing", "wrong", "covered")
WIDTHS: Final = (16, 32, 64)
"""Channels at 24 x 80, at 12 x 40 and of a column."""

SHRUNK: Final = 4
HEARD: Final = 24
USUAL: Final = (-4.5, -3.0, -1.5)
"""Logits of the answers before anything is learned: about as rare as they are."""


def _convolution(
    channels_in: int, channels_out: int, kernel: tuple[int, int], stride: tuple[int, int] = (1, 1), dilation: int = 1,
    groups: int = 1, pad: tuple[int, int] | None = None,
) -> nn.Sequential:  # fmt: skip
    padding = pad if pad is not None else (kernel[0] // 2, kernel[1] // 2 * dilation)
    return nn.Sequential(
        nn.Conv2d(channels_in, channels_out, kernel, stride, padding, (1, dilation), groups, bias=False),
        nn.BatchNorm2d(channels_out),
        nn.ReLU(inplace=True),
    )


class _Around(nn.Module):
    """A convolution around which the input is carried."""

    def __init__(self, channels: int, kernel: tuple[int, int], dilation: int = 1) -> None:
        super().__init__()
        self.body = _convolution(channels, channels, kernel, dilation=dilation)

    def forward(self, features: Tensor) -> Tensor:
        """Return features of the same shape."""
        made: Tensor = features + self.body(features)
        return made


class HiddenNetwork(nn.Module):
    """See the module's docstring."""

    def __init__(self) -> None:
        super().__init__()
        fine, coarse, column = WIDTHS
        self.body = nn.Sequential(
            _convolution(3, fine, (4, 4), (2, 2), pad=(1, 1)),
            _convolution(fine, coarse, (3, 3), (2, 2)),
            _Around(coarse, (3, 3)),
        )
        self.columns = _convolution(coarse, column, (48 // SHRUNK, 1), pad=(0, 0))
        self.heard = _convolution(SAID, HEARD, (1, 1))
        self.joined = _convolution(column + HEARD, column, (1, 5))
        self.context = nn.Sequential(_Around(column, (1, 5)), _Around(column, (1, 5), 3))
        self.head = nn.Conv2d(column, len(ANSWERS) * 2, 1)
        nn.init.zeros_(self.head.weight)
        with torch.no_grad():
            self.head.bias.copy_(torch.tensor(USUAL).repeat_interleave(2))

    def forward(self, pictures: Tensor, said: Tensor) -> Tensor:
        """Return the logits (N, 3, 2, 40)."""
        seen = self.columns(self.body(normalised(pictures.float().permute(0, 3, 1, 2))))
        heard = self.heard(said.permute(0, 2, 1).unsqueeze(2))
        answers = self.head(self.context(self.joined(torch.cat((seen, heard), dim=1))))
        return answers.reshape(answers.shape[0], len(ANSWERS), 2, COLUMNS)


def gap_logs(missing: Tensor, places: Tensor, length: Tensor) -> Tensor:
    """Return log P(no character is missing) of each gap, (N, L + 1), of logits (N, 2, 40).

    `places` (N, L) are the flat cells (row * 40 + column) of the characters read, `length` (N,) how many there are. A
    gap holds the cells from one character to the next; the cells of the characters themselves are divided between both.
    """
    none = -F.softplus(missing.reshape(missing.shape[0], -1))
    sums = F.pad(none.cumsum(dim=1), (1, 0))
    count, most = none.shape[1], places.shape[1]
    at = torch.arange(most, device=places.device)[None]
    inner = torch.where(at < length[:, None], places.clamp(0, count), torch.full_like(places, float(count)))
    edges = F.pad(inner, (1, 0))
    edges = torch.cat((edges, torch.full_like(edges[:, :1], float(count))), dim=1)
    low = edges.floor().long().clamp(0, count)
    share = edges - low
    up = (low + 1).clamp(0, count)
    reached = sums.gather(1, low) * (1 - share) + sums.gather(1, up) * share
    return (reached[:, 1:] - reached[:, :-1]).clamp(max=0.0)
