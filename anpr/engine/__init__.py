"""One frame through perception, matching and alerting; the latency budget, the JSON contract."""
