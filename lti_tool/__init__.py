"""Peer Mentor: peer mentoring inside any LMS, as an LTI 1.3 Advantage tool."""
