"""The local carrier, payment provider and handset for people without an account.

A program of its own: it imports nothing from the product and the product imports nothing from it.
"""
