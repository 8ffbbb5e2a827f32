"""The embedded stack: real servers from wheels and Schoolbell's processes under one supervisor."""
