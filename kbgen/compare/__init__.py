"""What a proposal changes for customers: two states of the knowledge base side by side, told to reviewers."""
