"""The plate detector's network: a small fully convolutional heat-map detector without anchors.

What it computes, for a picture of height H and width W (both multiples of 32):

- A 6x6 convolution with stride 4 takes the picture straight to a quarter of its size (a cheap stem: most of the time
  of a small detector goes into its first layers).
- Three stages follow at strides 8, 16 and 32; the two deep ones, where a cell is cheap and sees the whole vehicle around a
  plate, hold most of the layers (3x3 convolutions to half the channels and 1x1 back, with a residual connection;
  depthwise ones were no faster to run and four times slower to train).
- Their maps are scaled up and added back to the map at stride 8, where one head gives for each cell 13 numbers:
  a heat logit (is the centre of a plate here?), the centre's offset from the cell's centre in cells (2), the logarithm
  of width and height in cells (2), and the four corners (8) as differences from the corners of the box, in halves
  of the box's width and height.

The heat-map follows CenterNet (Zhou et al., "Objects as Points", 2019). Everything else was settled by measuring on the drive frames.
"""

from typing import Final

import torch
from torch import Tensor, nn

STRIDE: Final = 8
"""Pixels of the input to one cell of the output, in each direction."""

OUTPUTS: Final = 13
"""Numbers for each cell: heat, centre offset (2), log size (2), corner residuals (8)."""

SIZE_MULTIPLE: Final = 32
"""Height and width of the input must be multiples of this."""


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Sequential:
    """Return convolution, batch normalisation and ReLU, padded so that only the stride shrinks the map."""
    pad = (kernel - 1) // 2 if stride == 1 else (kernel - stride + 1) // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, pad, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """3x3 convolution to half the channels, 1x1 back, added to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.spatial = convolution(channels, channels // 2, 3)
        self.mix = nn.Sequential(nn.Conv2d(channels // 2, channels, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Map (N, C, h, w) to the same shape."""
        return torch.relu(x + self.mix(self.spatial(x)))


class DetectorNetwork(nn.Module):
    """Pictures (N, 3, H, W), float 0..255 in BGR order, to maps (N, 13, H/8, W/8).

    `widths` are the channels at strides 4, 8, 16 and 32, `depths` the blocks at strides 8, 16 and 32.
    """

    def __init__(
        self,
        widths: tuple[int, int, int, int] = (16, 32, 64, 128),
        depths: tuple[int, int, int] = (2, 4, 4),
        neck: int = 32,
    ) -> None:
        super().__init__()
        w4, w8, w16, w32 = widths
        self.stem = convolution(3, w4, 6, 4)
        self.stage8 = nn.Sequential(convolution(w4, w8, 3, 2), *[Block(w8) for _ in range(depths[0])])
        self.stage16 = nn.Sequential(convolution(w8, w16, 3, 2), *[Block(w16) for _ in range(depths[1])])
        self.stage32 = nn.Sequential(convolution(w16, w32, 3, 2), *[Block(w32) for _ in range(depths[2])])
        self.lateral32 = nn.Conv2d(w32, w16, 1)
        self.merge16 = Block(w16)
        self.lateral16 = nn.Conv2d(w16, neck, 1)
        self.lateral8 = nn.Conv2d(w8, neck, 1)
        self.merge8 = nn.Sequential(Block(neck), convolution(neck, neck, 3))
        self.head = nn.Conv2d(neck, OUTPUTS, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        bias = torch.zeros(OUTPUTS)
        bias[0] = -4.0  # plates are rare: begin with a heat of 2 %
        bias[3:5] = torch.tensor([2.0, 0.7])  # a plate of about 60 x 16 px
        self.head.bias = nn.Parameter(bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the 13 maps; heat as a logit."""
        x4 = self.stem(pictures * (1.0 / 127.5) - 1.0)
        x8 = self.stage8(x4)
        x16 = self.stage16(x8)
        x32 = self.stage32(x16)
        x16 = self.merge16(torch.relu(x16 + self._double(self.lateral32(x32))))
        merged = torch.relu(self.lateral8(x8) + self._double(self.lateral16(x16)))
        maps: Tensor = self.head(self.merge8(merged))
        return maps

    @staticmethod
    def _double(x: Tensor) -> Tensor:
        return nn.functional.interpolate(x, scale_factor=2.0, mode="nearest")
