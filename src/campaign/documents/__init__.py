"""Documents out of read models: a page of sections and tables, written as Markdown, HTML, XLSX or PDF."""
