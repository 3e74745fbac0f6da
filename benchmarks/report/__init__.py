"""The figures as a table, a page and plots."""
