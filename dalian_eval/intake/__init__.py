"""From exports to canonical tables: readers, normalising, origins, quarantine."""
