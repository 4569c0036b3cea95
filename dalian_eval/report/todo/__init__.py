"""What can still be done, as its readers meet it: on a page to pin up, by date, in a terminal."""
