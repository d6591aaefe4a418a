"""Steps that several tasks, and the answers from outside, take alike: over a unit of work, without any adapter."""
