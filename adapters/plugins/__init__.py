"""Guards around plugins at run time: a fault of one plugin costs only that plugin."""
