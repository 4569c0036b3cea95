"""Files to sheets to blocks of raw cells, guarded by limits before anything is opened."""
