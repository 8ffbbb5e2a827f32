"""Reports: asked for, made by a worker, reviewed by a second person, released."""
