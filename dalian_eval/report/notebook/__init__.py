"""An executed notebook as a page, and the frames and figures it shows."""
