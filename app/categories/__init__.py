"""The catalogue of everyday issues: categories with questions, stoppers and pace."""
