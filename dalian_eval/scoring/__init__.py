"""From facts to a settled ledger: rules, settlement, draw, overlap, ranking."""
