"""An invented county of any size, in the shape of real exports."""
