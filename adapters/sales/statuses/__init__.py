"""News about payment and delivery of sold orders."""
