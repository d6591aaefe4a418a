"""The order's desk: pages for people of the back office, under `/desk`."""
