"""Platforms that others wrote, run as processes of their own."""
