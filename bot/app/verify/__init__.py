"""`yuehuan verify`: promises the product makes, checked from the outside.

Reads only the database and, where there is one, the sandbox's own log. Figures of the law stand
here a second time on purpose: a checker that asked the gate would share its mistakes.
"""
