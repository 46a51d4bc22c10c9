"""Goals: from a sentence to something that entries move.

proposing   what the analyst makes of a sentence, checked field by field
reading     how far an entry moves which goals, checked against its words
telling     what the coach is told of them, and what a picture shows
changes     what a person does with a goal
screens     what the chat shows
"""
