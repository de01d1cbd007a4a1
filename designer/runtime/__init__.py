"""Plain functions that read data and train: what exported scripts are made of."""
