"""What does my change do? Two versions of models, decisions and forms, told in plain words."""
