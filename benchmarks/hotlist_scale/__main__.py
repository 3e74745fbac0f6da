"""Run the measures from the command line."""

from benchmarks.hotlist_scale.command import hotlist_scale

if __name__ == "__main__":
    hotlist_scale()
