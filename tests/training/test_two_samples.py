import numpy as np
import polars as pl
import pytest

from training.two_samples import GROUP, marginals, two_sample


def sample(seed: int, shift: float = 0.0, groups: int = 12) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    size = groups * 12
    return pl.DataFrame(
        {
            "age": rng.normal(shift, 1, size),
            "size": rng.normal(0, 1, size),
            "merged": [None if number % 5 == 0 else number % 2 == 0 for number in range(size)],
            GROUP: [str(number % groups) for number in range(size)],
        }
    )


COLUMNS = ("age", "size", "merged")


def test_quantiles_and_distance_leave_nulls_out() -> None:
    one = pl.DataFrame({"age": [1.0, 2.0, 3.0, 4.0, 5.0, None]})
    other = pl.DataFrame({"age": [11.0, 12.0, 13.0, 14.0, 15.0]})
    (found,) = marginals(one, other, ["age"])
    assert (found.n_simulated, found.n_real, found.distance) == (5, 5, 1.0)
    assert found.simulated == pytest.approx((1.4, 2.0, 3.0, 4.0, 4.6))
    assert marginals(one, one, ["age"])[0].distance == 0.0


def test_a_column_without_values_is_unknown() -> None:
    empty = pl.DataFrame({"age": [None]}, schema={"age": pl.Float64})
    (found,) = marginals(empty, pl.DataFrame({"age": [1.0]}), ["age"])
    assert found.simulated is None
    assert found.distance is None


def test_equal_samples_are_not_told_apart() -> None:
    found = two_sample(sample(1), sample(2), COLUMNS)
    assert 0.4 < found.auc < 0.6
    assert found.low < 0.5 < found.high
    assert (found.n_simulated, found.n_real) == (144, 144)


def test_a_shifted_column_gives_the_sample_away_and_is_named() -> None:
    found = two_sample(sample(1, shift=3.0), sample(2), COLUMNS)
    assert found.auc > 0.95
    assert found.giveaways[0][0] == "age"
    assert found.low > 0.9


def test_what_is_learned_about_one_group_says_nothing_about_others() -> None:
    """Each group has a value of its own, the same for both samples: known by heart it would tell every row."""
    rng = np.random.default_rng(5)

    def drawn(values: np.ndarray) -> pl.DataFrame:
        names = [str(number) for number in range(len(values)) for _ in range(10)]
        return pl.DataFrame({"habit": np.repeat(values, 10), GROUP: names})

    found = two_sample(drawn(rng.normal(size=15)), drawn(rng.normal(size=15)), ["habit"])
    assert found.auc < 0.75


def test_the_same_seed_gives_the_same_answer() -> None:
    assert two_sample(sample(1), sample(2), COLUMNS) == two_sample(sample(1), sample(2), COLUMNS)
