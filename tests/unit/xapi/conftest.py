from tests.lrs import npm_packages

__all__ = ["npm_packages"]
