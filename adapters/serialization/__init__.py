"""Forms of data that several adapters read and write; imported by any of them, importing none."""
