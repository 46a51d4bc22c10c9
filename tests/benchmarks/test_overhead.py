import pytest

from benchmarks.minds import ANALYST, COACH, EMBEDDER
from benchmarks.overhead import CRITICAL, figures, split
from benchmarks.people import Moments
from benchmarks.stage import Mark


def entry(at: float) -> Moments:
    return Moments(
        sent=at - 0.5, delivered=at, saved=at + 0.01, replied=at + 0.5, chat_id=1, message_id=int(at)
    )


def marks(at: float) -> list[Mark]:
    return [
        Mark(mind=EMBEDDER, begun=at + 0.020, ended=at + 0.070),
        Mark(mind=ANALYST, begun=at + 0.021, ended=at + 0.171),
        Mark(mind=COACH, begun=at + 0.180, ended=at + 0.480),
    ]


def test_an_entrys_time_is_split_at_its_minds() -> None:
    parts = split(entry(100.0), [*marks(90.0), *marks(100.0), *marks(110.0)])
    assert (parts.before, parts.between, parts.after) == pytest.approx((0.020, 0.009, 0.020), abs=1e-6)


def test_the_slower_of_the_first_two_minds_counts() -> None:
    slow = [Mark(mind=EMBEDDER, begun=100.02, ended=100.175), *marks(100.0)[1:]]
    assert split(entry(100.0), slow).between == pytest.approx(0.005, abs=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [marks(100.0)[1:], [*marks(100.0), marks(100.0)[2]], []],
    ids=["one is missing", "one was asked twice", "none"],
)
def test_an_entry_that_did_not_ask_each_mind_once_is_no_measurement(wrong: list[Mark]) -> None:
    with pytest.raises(ValueError, match="each mind once"):
        split(entry(100.0), wrong)


def test_the_overhead_is_what_the_minds_do_not_take() -> None:
    found = {it.name: it for it in figures([entry(100.0), entry(200.0)], [*marks(100.0), *marks(200.0)])}
    whole = found["delivery to reply, minds and all"]
    overhead = next(it for name, it in found.items() if name.startswith("overhead"))
    assert pytest.approx(0.45) == CRITICAL
    assert whole.statistics["p50"] == pytest.approx(500)
    assert overhead.statistics["p95"] == pytest.approx(50)
    assert overhead.verdict == "ok"
    assert found["delivery to the saved mark"].statistics["p99"] == pytest.approx(10)
