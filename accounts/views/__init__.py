"""Sign-in, settings, the demo's cast."""
