"""The public edition: a run's record without anything that names a person, company or case."""
