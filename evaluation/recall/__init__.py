"""How well and how fast recall finds: see docs/recall.md."""
