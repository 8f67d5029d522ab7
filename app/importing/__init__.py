"""Files of other systems and of the town's map, taken in."""
