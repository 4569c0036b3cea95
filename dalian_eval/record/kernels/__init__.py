"""Kernels that need not import anew what others have imported: forked, where the system can."""
