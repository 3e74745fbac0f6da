"""Made drives: clips of a pinhole camera on a moving car, with exact truth for every plate in every frame.

World frame, in metres: x to the right of the road, y up, z along the road; the ground is y = 0 and the camera car
drives towards +z. Angles are in radians; a heading of 0 faces +z and grows clockwise seen from above.
"""
