"""One small module for each of Trac's database versions from 22 to 45."""
