"""What is told about no order: quotes, the catalogue, payments of the ERP."""
