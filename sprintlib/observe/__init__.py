"""What the program says about itself while it runs: a log, what caused each line of it, and what was measured."""
