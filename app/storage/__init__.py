"""The database: jobs, results, corrections. The one writer."""
