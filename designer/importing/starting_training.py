"""Training settings to start from, by the size of the data."""

from __future__ import annotations

from dataclasses import replace

from designer.importing.brief import Brief
from designer.project.model import Training

MANY_ROWS = 5_000
VERY_MANY_ROWS = 200_000
# what small networks over-learn of few rows: the least validation error on seven small tables, twenty splits each
SMALL_DECAY = 0.001
FEW_PICTURES, MANY_PICTURES = 1_000, 20_000
MANY_WINDOWS = 2_000
FEW_TEXTS, MANY_TEXTS = 500, 20_000


def training_for(brief: Brief) -> Training:
    """Settings that suit the form and the number of samples; stops early where some validate."""
    makers = {
        "rows": table_training, "pictures": image_training, "masks": mask_training, "windows": window_training,
        "files": sequence_training, "texts": text_training,
        "tokens": token_training,
    }  # fmt: skip
    return makers[brief.form](brief.samples, brief.validated)


def table_training(rows: int, validated: bool) -> Training:
    """Settings for a table of so many rows to train with; stops early where there are rows to validate with."""
    if rows >= VERY_MANY_ROWS:
        return Training(epochs=30, batch_size=1024, learning_rate=0.003, patience=5 if validated else 0)
    if rows >= MANY_ROWS:
        return Training(epochs=100, batch_size=256, learning_rate=0.003, patience=10 if validated else 0)
    batch_size = 32 if rows >= 64 else 8
    patience = 20 if validated else 0
    return Training(epochs=200, batch_size=batch_size, learning_rate=0.005, weight_decay=SMALL_DECAY, patience=patience)


def image_training(pictures: int, validated: bool) -> Training:
    """Settings for a data set of so many pictures; stops early where there are some to validate with."""
    if pictures >= MANY_PICTURES:
        return Training(epochs=10, batch_size=64, learning_rate=0.002, patience=3 if validated else 0)
    return Training(epochs=60 if validated else 20, batch_size=32, learning_rate=0.002, patience=20 if validated else 0)


def mask_training(pictures: int, validated: bool) -> Training:
    """Settings for pictures with a mask each, measured by how far masks overlap too."""
    # of few pictures a U-Net sees so few batches an epoch that small steps lead nowhere
    rate = 0.01 if pictures < FEW_PICTURES else 0.003
    return replace(image_training(pictures, validated), learning_rate=rate, metrics=("accuracy", "iou"))


def window_training(windows: int, validated: bool) -> Training:
    """Settings for so many windows to train with; stops early where there are windows to validate with."""
    if windows >= MANY_WINDOWS:
        return Training(epochs=100, batch_size=64, learning_rate=0.003, patience=10 if validated else 0)
    epochs = 500 if validated else 200
    return Training(epochs=epochs, batch_size=32, learning_rate=0.003, patience=50 if validated else 0)


def text_training(texts: int, validated: bool) -> Training:
    """Settings for so many texts to train with; a little weight decay keeps rare words from being learned by heart."""
    if texts < FEW_TEXTS:
        epochs, size, rate, patience = 200, 8, 0.01, 30
    elif texts < MANY_TEXTS:
        epochs, size, rate, patience = 60, 32, 0.003, 8
    else:
        epochs, size, rate, patience = 15, 128, 0.003, 3
    return Training(
        epochs=epochs,
        batch_size=size,
        learning_rate=rate,
        weight_decay=1e-4,
        patience=patience if validated else 0,
    )


def token_training(windows: int, validated: bool) -> Training:
    """Settings for so many windows of a text to train with."""
    epochs = 60 if windows < MANY_WINDOWS else 20
    return Training(epochs=epochs, batch_size=64, learning_rate=0.003, patience=5 if validated else 0)


def sequence_training(files: int, validated: bool) -> Training:
    """Settings for so many files to train with."""
    size = 32 if files >= 64 else 8
    return Training(epochs=200, batch_size=size, learning_rate=0.003, patience=30 if validated else 0)
