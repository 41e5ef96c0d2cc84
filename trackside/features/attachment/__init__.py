"""Files attached to pages, tickets and milestones."""
