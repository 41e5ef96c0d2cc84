"""What every page needs: routing, sessions, sign-in, forms, layout, failures."""
