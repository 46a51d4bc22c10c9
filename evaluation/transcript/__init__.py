"""A whole conversation, played and written down: docs/conversation.md is made by it.

Everything is the bot's own but the words of the coach and the readings of the analyst: no model is
asked, a local server gives the answers that stand in `script.py`.
"""
