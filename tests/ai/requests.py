"""Requests as the journal makes them."""

from bot.ai.protocols import CoachRequest, ExtractionRequest, MetricKind

CANARY = "the heron stood in the fog"

VOCABULARY = (
    MetricKind(name="mood", unit="points", minimum=1, maximum=10, meaning="how the person felt"),
    MetricKind(name="sleep_hours", unit="hours", minimum=0, maximum=24, meaning="time asleep"),
)


def coaching(entry: str = CANARY, *system: str) -> CoachRequest:
    blocks = system or ("You are a kind coach.", "The person is called Ann.")
    return CoachRequest(system=blocks, message=f'<entry date="2026-11-22">{entry}</entry>')


def extraction(entry: str) -> ExtractionRequest:
    return ExtractionRequest(
        system="Find the metrics that the entry states.",
        message=f'<entry date="2026-11-22">{entry}</entry>',
        text=entry,
        vocabulary=VOCABULARY,
    )
