"""The run as a value: identity, manifest, crate."""
