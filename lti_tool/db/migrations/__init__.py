"""Alembic's environment and the versions of the schema, from the first table on."""
