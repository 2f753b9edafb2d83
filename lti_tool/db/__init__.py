"""The database: engine set-up, typed models, migrations."""
