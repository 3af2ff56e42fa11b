from hypothesis import given
from hypothesis import strategies as st

from sprintsim.fake_github.paging import link_header, page_of

URL = "http://127.0.0.1:1/repos/acme/shop/issues"


def test_a_page_is_thirty_long_and_at_most_a_hundred():
    assert (page_of({}).number, page_of({}).size) == (1, 30)
    assert page_of({"per_page": "100"}).size == 100
    assert page_of({"per_page": "500"}).size == 100


def test_nonsense_counts_as_the_default():
    assert page_of({"per_page": "many", "page": "x"}) == page_of({})
    assert page_of({"page": "-3"}).number == 1


def test_the_first_of_three_pages_leads_to_the_next_and_the_last():
    page = page_of({"per_page": "2"})
    assert link_header(URL, {"per_page": "2"}, page, 5) == (
        f'<{URL}?per_page=2&page=2>; rel="next", <{URL}?per_page=2&page=3>; rel="last"'
    )


def test_the_middle_page_leads_everywhere():
    query = {"state": "all", "page": "2", "per_page": "2"}
    assert link_header(URL, query, page_of(query), 5) == (
        f'<{URL}?state=all&page=1&per_page=2>; rel="prev", '
        f'<{URL}?state=all&page=3&per_page=2>; rel="next", '
        f'<{URL}?state=all&page=3&per_page=2>; rel="last", '
        f'<{URL}?state=all&page=1&per_page=2>; rel="first"'
    )


def test_the_last_page_leads_back_only():
    query = {"page": "3", "per_page": "2"}
    assert link_header(URL, query, page_of(query), 5) == (
        f'<{URL}?page=2&per_page=2>; rel="prev", <{URL}?page=1&per_page=2>; rel="first"'
    )


def test_one_page_needs_no_links():
    assert link_header(URL, {}, page_of({}), 30) is None
    assert link_header(URL, {}, page_of({}), 0) is None


@given(total=st.integers(0, 350), size=st.integers(1, 100))
def test_pages_hold_every_entry_once(total: int, size: int):
    entries = list(range(total))
    pages = [
        page_of({"page": str(n), "per_page": str(size)}).of(entries) for n in range(1, page_of({}).last(total) * 30 + 2)
    ]
    assert [entry for page in pages for entry in page] == entries[: sum(map(len, pages))]
    last = page_of({"per_page": str(size)}).last(total)
    assert page_of({"page": str(last + 1), "per_page": str(size)}).of(entries) == []
    assert sum(len(page_of({"page": str(n), "per_page": str(size)}).of(entries)) for n in range(1, last + 1)) == total
