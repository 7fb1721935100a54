"""Turn scraped pages and text dumps into a clean corpus."""
