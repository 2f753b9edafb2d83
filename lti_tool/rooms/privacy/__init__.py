"""What is known of a person: given to them, or erased."""
