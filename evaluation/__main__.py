"""`scripts/evaluate`: what can be measured about the minds and the journal, on sets of this project."""

import sys

from evaluation.coach import run as coach
from evaluation.recall import run as recall
from evaluation.safety import run as safety
from evaluation.transcript import run as transcript

SETS = {"coach": coach.main, "recall": recall.main, "safety": safety.main, "transcript": transcript.main}


def main() -> int:
    name, *arguments = sys.argv[1:] or [""]
    if name not in SETS:
        print(f"usage: scripts/evaluate {{{','.join(SETS)}}} [--help]", file=sys.stderr)
        return 2
    return SETS[name](arguments)


if __name__ == "__main__":
    sys.exit(main())
