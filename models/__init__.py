"""Shipped ONNX models, their manifest, and in `models.train` everything that made them."""
