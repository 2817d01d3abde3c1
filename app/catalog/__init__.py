"""The models that Deskhand knows, whether they fit this computer, and how their files get onto it."""
