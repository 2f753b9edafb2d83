"""Sessions of a pair: booked, cancelled, and confirmed by everybody who was there."""
