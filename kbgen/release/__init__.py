"""What a release is: its manifest, and what becomes of every address that it ever had."""
