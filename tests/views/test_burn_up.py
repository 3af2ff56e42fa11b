from datetime import date

from sprintlib import views
from sprintlib.analysis.model import BurnUp
from sprintlib.views.burn_up import describe
from tests import samples


def spec(milestone):
    return views.burn_up_chart(samples.analysis(milestone), milestone).to_dict()


def rows(milestone):
    """The rows behind each layer, in drawing order."""
    chart = spec(milestone)
    return [chart["datasets"][layer["data"]["name"]] for layer in chart["layer"]]


def test_days_carry_no_zone_so_that_no_browser_moves_them():
    for values in rows(samples.milestone()):
        for row in values:
            assert row["day"].endswith("T00:00:00")


def test_the_projection_starts_where_the_past_ends():
    band = rows(samples.milestone())[0]
    assert band[0] == {"day": "2026-11-18T00:00:00", "low": 11, "middle": 11, "high": 11}
    assert band[1]["day"] == "2026-11-19T00:00:00"


def test_rules_stand_at_today_and_at_the_due_date():
    days = [values[0]["day"] for values in rows(samples.milestone()) if "top" in values[0]]
    assert sorted(set(days)) == ["2026-11-18T00:00:00", "2026-11-27T00:00:00"]


def test_without_a_due_date_only_today_is_marked():
    days = [values[0]["day"] for values in rows(samples.without_due_date()) if "top" in values[0]]
    assert set(days) == {"2026-11-18T00:00:00"}


def test_without_a_projection_the_past_is_drawn():
    assert not any("low" in values[0] for values in rows(samples.without_number()))


def test_nothing_in_the_chart_points_to_a_network():
    chart = spec(samples.milestone())
    assert chart.pop("$schema").startswith("https://vega.github.io/schema/vega-lite/")
    assert "http" not in str(chart)


def test_the_description_says_what_the_drawing_shows():
    milestone = samples.milestone()
    assert describe(samples.analysis(milestone), milestone) == (
        "Burn-up from Mon 9 Nov 2026 to Wed 18 Nov 2026: scope went from 18 to 22 items, 11 of them are done or "
        "dropped. By the due date, Fri 27 Nov 2026, the projection expects 22, with 80% probability between 17 and 22."
    )


def test_the_table_has_every_day_past_and_projected():
    html = views.burn_up_table(samples.milestone())
    assert html.count("<tr>") == 1 + 10 + 12
    assert "Wed 18 Nov 2026</th><td" in html
    assert "17 to 22" in html


def test_a_milestone_of_which_no_day_is_known():
    milestone = samples.milestone(
        burn_up=BurnUp(days=(), projection=(), start=None, due_on=date(2026, 11, 27)), due_on=date(2026, 11, 27)
    )
    assert "No day of this milestone is known yet" in views.burn_up_figure(samples.analysis(milestone), milestone)
    assert {row["day"] for values in rows(milestone) for row in values} == {
        "2026-11-18T00:00:00",
        "2026-11-27T00:00:00",
    }


def test_the_due_date_never_stands_left_of_the_middle():
    far = samples.milestone(due_on=date(2026, 11, 20))  # projected to 30 November, due 11 days after the start
    band = rows(far)[0]
    assert band[-1]["day"] == "2026-11-30T00:00:00"
    near = samples.milestone(due_on=date(2026, 11, 19))
    assert rows(near)[0][-1]["day"] == "2026-11-29T00:00:00"


def test_after_the_due_date_the_projection_goes_on():
    late = samples.milestone(due_on=date(2026, 11, 17))
    assert rows(late)[0][-1]["day"] == "2026-11-30T00:00:00"


def test_a_milestone_of_years_names_the_years():
    up = samples.burn_up()
    old = up.days[0].model_copy(update={"day": date(2020, 1, 6)})
    long = samples.milestone(burn_up=up.model_copy(update={"days": (old, *up.days)}))
    assert '"format": "%b %Y"' in views.burn_up_chart(samples.analysis(long), long).to_json(indent=None)
    assert '"format": "%b %Y"' not in views.burn_up_chart(samples.analysis(), samples.milestone()).to_json(indent=None)
