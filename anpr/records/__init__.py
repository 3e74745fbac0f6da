"""The records file: capture records, hits, alerts, decisions, and how long they are kept."""
