"""The importer's parts: mapping (what the columns mean), records (the file as rows), rows (one row as a report),
side_file (what was refused, and why)."""
