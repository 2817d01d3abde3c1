"""Results to CSV, XLSX, JSON and Markdown files."""
