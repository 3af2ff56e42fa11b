"""What was said on an item, as of a moment."""

from sprintlib.history.remarks import remarks_on, reviewed_files
from tests.world import World, at


def test_comments_and_reviews_with_words_in_order(world: World) -> None:
    world.pull(5)
    world.review(5, "approved", "03-04 10:00", body="Fine by me.")
    world.review(5, "approved", "03-04 11:00")
    world.comment(5, "Please look.", "03-03 10:00", author="ann")
    world.comment(5, "Coverage 80 %", "03-03 11:00", author="cov[bot]", author_type="Bot")
    world.comment(6, "Elsewhere.", "03-03 12:00")
    world.comment(5, "Too late.", "03-06 10:00")
    world.flush()
    found = remarks_on(world.engine, 1, 5, at("03-05"))
    assert [(one.kind, one.author, one.body, one.by_bot) for one in found] == [
        ("comment", "ann", "Please look.", False),
        ("comment", "cov[bot]", "Coverage 80 %", True),
        ("review", "bob", "Fine by me.", False),
    ]


def test_words_that_were_edited_since_are_marked(world: World) -> None:
    world.pull(5)
    world.comment(5, "Now it reads so.", "03-03 10:00", updated_at=at("03-09 10:00"))
    world.flush()
    assert [one.known_later for one in remarks_on(world.engine, 1, 5, at("03-05"))] == [True]
    assert [one.known_later for one in remarks_on(world.engine, 1, 5, at("03-10"))] == [False]


def test_files_that_reviewers_commented_on(world: World) -> None:
    world.pull(5)
    world.comment(5, "Why?", "03-03 10:00", kind="review", path="src/a.py", key="x")
    world.comment(5, "Later.", "03-09 10:00", kind="review", path="src/b.py")
    world.flush()
    found = list(reviewed_files(world.engine, [1, 2], at("03-05")))
    assert found == [(1, 5, "src/a.py", "https://github.com/acme/api/issues/5#issuecomment-x")]
