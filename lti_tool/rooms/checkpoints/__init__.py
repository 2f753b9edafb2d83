"""The reviews that experts owe on pairs of high-risk topics."""
