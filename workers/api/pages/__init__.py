"""Pages for people without an account: customers under `/c`, providers under `/p`, each opened by the pass of a link."""
