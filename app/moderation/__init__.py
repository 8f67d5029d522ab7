"""What is looked at before everybody sees it: screening, flags, blocks, visibility."""
