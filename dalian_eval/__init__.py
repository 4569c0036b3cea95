"""Exact, explained and repeatable scoring of 生态环境保护执法大练兵."""

__version__ = "0.1.0"
