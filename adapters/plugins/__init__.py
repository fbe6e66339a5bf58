"""Guards around plugins: a failure of one plugin does not stop the shop."""
