"""What partners promise each other, and whether it was kept."""
