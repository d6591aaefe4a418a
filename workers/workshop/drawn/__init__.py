"""Decision tables and forms as pictures: SVG, drawn from the files alone."""
