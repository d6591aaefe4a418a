"""The repositories of `workers.ports.repositories` over one PostgreSQL transaction."""
