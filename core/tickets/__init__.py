"""The help desk: tickets of a centre's members, and what its staff do about them."""
