"""Small networks: model, start, data, training."""
