"""The campaign's own work beside the two rubrics: pure functions on frames, nothing is scored."""
