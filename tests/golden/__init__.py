"""What the commands print of the demo, as JSON that is committed: a change of a figure is seen, and made on purpose.

python -m tests.golden    writes it again; read the diff before you commit it
"""
