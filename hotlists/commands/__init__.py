"""The commands of `anpr hotlist`, gathered by `anpr.cli.hotlist`."""
