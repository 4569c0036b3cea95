"""The user's guide as pages."""
