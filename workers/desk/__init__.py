"""What people of the back office see of an order: where it stands, what it waits for, what stops it, what happened."""
