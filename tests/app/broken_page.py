"""A page that fails, to prove that the tests would see it."""

raise RuntimeError("broken on purpose")
