"""SQLModel tables and the SQL. Rows never leave this folder as session-bound objects."""
