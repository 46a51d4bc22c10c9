"""How fast Daybook is: measured, compared within one run and with the targets, never a test."""
