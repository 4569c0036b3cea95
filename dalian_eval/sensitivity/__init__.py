"""What holds under every reading: totals, ranks, cuts and pairs over all combinations, exactly."""
