"""What the engine knows: `tables` hold it, `appliers` change it, `views` are how everybody else reads it."""
