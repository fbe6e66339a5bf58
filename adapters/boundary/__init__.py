"""The wall around plugins at run time: what one of them does wrong costs only itself."""
