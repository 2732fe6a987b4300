"""Drawings as SVG, made on the server: they need no script, print, and take the page's colours."""
