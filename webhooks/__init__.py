"""Carrier and payment callbacks and the debtor's own pages: parse, verify, call a flow."""
