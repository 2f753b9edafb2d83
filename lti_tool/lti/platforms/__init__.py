"""What single platforms need beyond the specifications, one module each."""
