"""Users of an information base, from whatever names them."""
