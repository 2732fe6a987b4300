"""Simulated debtors: invented people who read what they get and answer, pay, stop or stay silent.

They act through the same doors as a person: they write to our number, open the link, pay at the
provider's page. They know nothing of the product but the words they read.
"""
