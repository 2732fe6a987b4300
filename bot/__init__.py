"""约还 (yuehuan): the outreach bot of a receivables desk."""
