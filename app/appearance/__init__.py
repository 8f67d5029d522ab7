"""The town's own face: its crest, a photograph and one colour, where the settings name them; else ours."""
