"""The office's pages: the desk where reports are decided and crews are sent."""
