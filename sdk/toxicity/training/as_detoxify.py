"""Writes a fine-tuned `model.pt` in Detoxify's format: `as_detoxify.py --checkpoint model.pt --out DIR`.

With it the Detoxify engine runs on weights made here, where its own cannot be downloaded: set
`COPYDESK_DETOXIFY_CHECKPOINT` and `COPYDESK_DETOXIFY_CONFIG` to the two printed paths.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import export
import finetune
import torch

# The names under which Detoxify's own models know our labels.
CLASSES = {"toxicity": "toxic", "identity_attack": "identity_hate"}


def write(checkpoint: Path, out: Path) -> tuple[Path, Path]:
    """Write checkpoint and configuration folder; its SHA-256 is in the file name, as in upstream's."""
    model = export.restore(checkpoint)
    config = out / "config"
    config.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(config)
    shutil.copyfile(finetune.BASE / "vocab.txt", config / "vocab.txt")
    tokenizer = {"do_lower_case": True, "model_max_length": 512, "tokenizer_class": "BertTokenizer"}
    (config / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=2), encoding="utf-8")
    arguments = {
        "num_classes": len(finetune.LABELS),
        "model_type": "local",
        "model_name": "BertForSequenceClassification",
        "tokenizer_name": "BertTokenizer",
    }
    classes = [CLASSES[label] for label in finetune.LABELS]
    partial = out / "partial"
    torch.save(
        {
            "config": {"arch": {"args": arguments}, "dataset": {"args": {"classes": classes}}},
            "state_dict": model.state_dict(),
        },
        partial,
    )
    digest = hashlib.sha256(partial.read_bytes()).hexdigest()
    return partial.rename(out / f"copydesk-minilm-{digest[:8]}.ckpt"), config


def main() -> None:
    """Read the command line and write both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        required=True,
        help="wide.pt of train.py",
    )
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    given = parser.parse_args()
    for path in write(given.checkpoint, given.out):
        print(path)


if __name__ == "__main__":
    main()
