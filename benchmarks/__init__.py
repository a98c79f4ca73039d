"""`make bench`: the product's pages beside the floor on the same server, so that every figure is a ratio."""
