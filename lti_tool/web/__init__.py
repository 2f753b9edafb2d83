"""What every page needs: who asks, what they may see, error pages, security headers, languages and times."""
