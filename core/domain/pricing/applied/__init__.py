"""The prices that lists show: now, their history, and the prior prices of reductions."""
