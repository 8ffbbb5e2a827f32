"""Classes and who attends them."""
