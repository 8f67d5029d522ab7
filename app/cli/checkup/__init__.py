"""What ``flask doctor`` looks at: the machine and its settings, the database, the town in it."""
