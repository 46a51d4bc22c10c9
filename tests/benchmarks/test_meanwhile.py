import pytest

from benchmarks.figures import Target
from benchmarks.meanwhile import waits
from benchmarks.people import Moments


def entries(*waited: float) -> list[Moments]:
    return [
        Moments(sent=100.0, saved=100.0 + it, replied=100.0 + 10 * it, chat_id=1, message_id=1)
        for it in waited
    ]


def test_what_somebody_waits_is_compared_with_what_they_waited_before() -> None:
    moments = {
        "early": entries(*[0.04] * 20),
        "before": entries(*[0.02] * 20),
        "late": entries(*[0.02] * 18, 0.021, 0.03),
    }
    found = {it.name: it for it in waits(moments, "before", {"late": Target(statistic="p95", limit=1.1)})}
    for what in ("the saved mark", "the reply"):
        late, early = found[f"to {what}, late / before"], found[f"to {what}, early / before"]
        assert late.statistics == {"p50": pytest.approx(1.0), "p95": pytest.approx(1.05)}
        assert late.verdict == "ok"
        assert early.statistics["p95"] == pytest.approx(2.0)
        assert early.verdict is None
    assert found["to the reply, before"].statistics["p95"] == pytest.approx(200)
    assert len(found) == 10
