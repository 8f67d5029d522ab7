"""Photos: taken in safely, stripped, shrunk and kept."""
