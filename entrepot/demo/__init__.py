"""The demo shop: a catalogue, its pictures, customers and their past orders."""
