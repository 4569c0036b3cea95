"""The law as data: the rubric file's model, and what loading it refuses."""
