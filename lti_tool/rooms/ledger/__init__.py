"""What was recorded in a course, what arrived, and what was refused and can be sent again."""
