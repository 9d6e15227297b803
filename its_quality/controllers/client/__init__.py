"""What is handed out of a card."""

from . import personal_data
