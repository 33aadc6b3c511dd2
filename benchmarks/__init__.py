"""What the service does under load, measured on one machine: `python -m benchmarks` prints a table and writes JSON."""
