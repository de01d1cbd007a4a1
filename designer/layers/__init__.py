"""The catalog: one declaration for each layer type, loss, optimizer and metric."""
