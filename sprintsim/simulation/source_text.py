"""Lines of source text for simulated commits: every line is unique, so that diffs count exactly."""

import zlib
from pathlib import PurePosixPath

_PYTHON = (
    "    booking = repository.get(booking_id)",
    "    if not slot.is_free(at):",
    "        raise SlotTaken(slot.id)",
    "    return Price(amount, currency)",
    "    log.info('checkout step done')",
    "    session.commit()",
    "    assert total.currency == currency",
)
_TYPESCRIPT = (
    "  const { data, error } = useBooking(id);",
    "  if (error) return <Notice tone='warning' />;",
    "  await client.post('/checkout', payload);",
    "  return <Summary lines={lines} />;",
    "  expect(screen.getByRole('button')).toBeVisible();",
    "  setStep(nextStep(step));",
)
_KOTLIN = (
    "    val state = viewModel.state.collectAsState()",
    "    if (slot.isTaken) return Result.Taken",
    "    repository.sync(since = lastSync)",
    "    navigator.push(Screen.Checkout)",
    "    assertEquals(expected, formatter.price(total))",
)
_TEXT = (
    "Bookings are held for ten minutes while the guest pays.",
    "See the decision record before changing this.",
    "The default is what the salon set up in its profile.",
)
_BY_SUFFIX = {".py": (_PYTHON, "#"), ".ts": (_TYPESCRIPT, "//"), ".tsx": (_TYPESCRIPT, "//"), ".kt": (_KOTLIN, "//")}


def source_line(path: str, key: str, index: int) -> str:
    """Line `index` that the commit `key` adds to a file; ends in a comment that makes it unique."""
    snippets, comment = _BY_SUFFIX.get(PurePosixPath(path).suffix, (_TEXT, "#"))
    choice = zlib.crc32(f"{key}/{path}/{index}".encode())
    return f"{snippets[choice % len(snippets)]}  {comment} {key}.{index}"
