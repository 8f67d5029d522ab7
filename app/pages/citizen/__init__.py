"""The citizen's pages: report, follow, look around."""
