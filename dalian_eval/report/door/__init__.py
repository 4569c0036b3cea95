"""The pages one enters by: the door of a record, of a refused run, of the public edition."""
