"""Ground floor: errors, numbers with units, times, seeded streams, results."""
