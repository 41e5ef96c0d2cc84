"""The few names of Trac that existing scripts import; what they stand for is in `trackside`."""
