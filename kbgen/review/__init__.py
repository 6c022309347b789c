"""What git knows: who wrote, when, and (later) who approved."""
