"""What holds for every frozen page."""

import re


def assert_names_no_host(page):
    """Nothing outside the charting script would make a browser ask anybody."""
    without_vega = re.sub(r"<script>\(function\(\)\{.*?\}\)\(\);</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"<(?:script|img|iframe|object|embed|source|video|audio)[^>]*\ssrc=", without_vega)
    assert not re.search(r"<link[^>]*href=\"(?!data:)", without_vega)
    assert not re.search(r"@import|url\((?!data:)", without_vega)
    for host in ("cdn.jsdelivr.net", "unpkg.com", "cdnjs.cloudflare.com", "evil.example/x"):
        assert host not in without_vega
    assert "<script>window.pwned" not in page
