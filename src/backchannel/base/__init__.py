"""Ground floor: errors, numbers with units, times with zones, seeded streams, results."""
