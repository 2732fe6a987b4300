"""TwiML documents: their grammar, their reading, and how long speaking them takes."""
