"""Bank statements: reading their lines, and finding whose debt a line pays."""
