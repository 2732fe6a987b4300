"""The open benchmark of understanding: replies and date expressions, their scorer and peers."""
