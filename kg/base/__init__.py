"""What every other part stands on: files, places, prefixes, times, units, positions, results."""
