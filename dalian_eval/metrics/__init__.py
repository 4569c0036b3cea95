"""Month by month figures as Ibis expressions over the canonical Parquet tables."""
