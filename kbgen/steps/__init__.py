"""How the pipeline runs its stages over many things at once: from the shelf where it can, in worker processes where it must."""
