"""Words and rules that every other floor is built from."""
