"""Whether a model makes a good coach: cases, checks, and a run over them."""
