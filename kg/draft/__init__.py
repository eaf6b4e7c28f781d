"""From a published report to a draft case file: what is read, proposed with its anchor, and reviewed."""
