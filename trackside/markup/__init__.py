"""The wiki language: text to a tree of nodes, and the tree to HTML or plain text."""
