"""What may be on no page: barriers that axe-core finds, words cut off, and more width than the screen has."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

# What depends on colours; the rest of axe-core's rules says the same in both themes.
COLOR_RULES = ["color-contrast", "link-in-text-block"]
GRAVE = ("serious", "critical")
PHONE: ViewportSize = {"width": 390, "height": 844}
SCREENS: tuple[ViewportSize, ...] = (PHONE, {"width": 768, "height": 1024}, {"width": 1280, "height": 860})

# Figures and words of a verdict, and tags: none may end before its last word.
CUT = """() => [...document.querySelectorAll('.verdict, .figure, .figure *, .tag, .outcome .figures, .change')]
  .filter(e => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2)
    && getComputedStyle(e).overflow !== 'visible')
  .concat([...document.querySelectorAll('.verdict, .figure, .tag')].filter(e => {
    const box = e.getBoundingClientRect();
    return e.checkVisibility() && !e.closest('.scroll') && (box.right > innerWidth + 1 || box.left < -1);
  }))
  .map(e => e.textContent.trim().slice(0, 60))"""


def barriers(page: Page, rules: list[str] | None = None) -> list[str]:
    """Serious and critical violations that axe-core finds, folded parts included: `rule: element` each.

    rules: only these; None for all of axe-core's.
    """
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found if one["impact"] in GRAVE for node in one["nodes"]]


def barriers_in_both_themes(page: Page) -> list[str]:
    """`barriers` in light, and what depends on colours in dark; the page is light afterwards."""
    page.emulate_media(color_scheme="light")
    found = barriers(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark {one}" for one in barriers(page, COLOR_RULES)]
    page.emulate_media(color_scheme="light")
    return found


def cut_words(page: Page) -> list[str]:
    """Verdicts and tags of which a reader does not see all."""
    found: list[str] = page.evaluate(CUT)
    return found


def too_wide(page: Page) -> int:
    """By how many pixels the page is wider than its screen; 0 is as it should be."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(wider, 0)


def troubles(page: Page) -> list[str]:
    """What is too wide or cut off on SCREENS, and barriers on the largest; the page is as on a phone afterwards."""
    found = []
    for screen in SCREENS:
        page.set_viewport_size(screen)
        found += [f"{screen['width']}: {wider} px too wide" for wider in [too_wide(page)] if wider]
        found += [f"{screen['width']}: cut off: {words}" for words in cut_words(page)]
    found += barriers_in_both_themes(page)
    page.set_viewport_size(PHONE)
    return found
