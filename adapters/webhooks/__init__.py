"""Events over HTTP, signed, to systems of the business."""
