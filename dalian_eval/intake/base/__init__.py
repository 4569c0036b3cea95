"""What every room of intake may use: a raw cell, the reasons of a refusal, workers."""
