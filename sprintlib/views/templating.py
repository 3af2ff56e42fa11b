"""Jinja templates with autoescape: the only place where HTML is made of text."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sprintlib.views import markup, words

if TYPE_CHECKING:
    from jinja2 import Environment

_SHARED = "sprintlib.views"


class Templates:
    """The templates of one package, in its folder `templates`; they may use those of `views` too."""

    def __init__(self, package: str = _SHARED) -> None:
        self._package = package

    def compile_all(self) -> None:
        """Compile every template now, for a process that has time before anybody waits."""
        environment = _environment(self._package)
        for name in environment.list_templates():
            environment.get_template(name)

    def render(self, name: str, /, **values: Any) -> Markup:
        """A template with these values, each escaped where it is shown unless it is Markup already."""
        made = _environment(self._package).get_template(name).render(values)
        return Markup(made)  # noqa: S704  # nosec B704 # every value in it was escaped

    def macro(self, name: str, macro: str, *values: Any) -> Markup:
        """One macro of a template, called with these values; escaped as by `render`."""
        made: Markup = getattr(_environment(self._package).get_template(name).module, macro)(*values)
        return made


@cache
def _environment(package: str) -> "Environment":
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

    folders = [str(files(name).joinpath("templates")) for name in dict.fromkeys((package, _SHARED))]
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {
        "SEVERITIES": words.SEVERITIES,
        "short": markup.short,
        "safe_url": markup.safe_url,
        "sentence_pieces": markup.sentence_pieces,
        "unmentioned": markup.unmentioned,
        "web_url": markup.web_url,
    }
    environment.filters |= {"percent": words.percent, "day": words.day, "gain": words.gain}
    return environment


def _visible(value: Any) -> Any:
    """Before it is escaped: without the characters that a page obeys instead of showing them."""
    return value if hasattr(value, "__html__") or not isinstance(value, str) else markup.seen(value)


TEMPLATES = Templates()
render, macro = TEMPLATES.render, TEMPLATES.macro
