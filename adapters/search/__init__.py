"""Words of a text, and corrections of misspelled ones."""
