"""Benchmarks: clips with exact truth, measures, peers and the report."""
