"""The crew's pages: today's orders on a tablet."""
