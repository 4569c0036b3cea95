"""The seven stages behind the notebooks, and the parameters they run under."""
