"""The demo shop: a catalogue, its pictures, customers, their past orders, and campaigns."""
