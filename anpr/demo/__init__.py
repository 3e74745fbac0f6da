"""The clip, its truth and the hotlist that `anpr demo` shows; made by `python -m benchmarks.drives.demo`."""
