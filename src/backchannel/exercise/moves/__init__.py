"""What roles may do, one file a matter.

Each file holds three tables: `MOVES` decides what a role asks for, `DUE` what happens
by itself when its hour has come, `APPLY` what an event changes in the state.
"""
