"""Work and what follows from it: transactions, the job table, the worker."""
