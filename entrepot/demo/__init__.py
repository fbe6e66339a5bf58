"""A shop to look at: a catalogue, its pictures, and people who bought from it."""
