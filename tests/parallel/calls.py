"""What workers of the tests are asked to do; they import it."""

import os
import signal
import time
from pathlib import Path


def square(number: int) -> int:
    """Of a number."""
    return number * number


def where(_call: int) -> int:
    """The process that makes this call."""
    time.sleep(0.05)
    return os.getpid()


def die_once(number: int, mark: Path) -> int:
    """Takes the worker down the first time that anybody calls it with 3."""
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square(number)


def always_die(_number: int) -> int:
    """Takes the worker down."""
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def refuse(number: int) -> int:
    """Fails for 2."""
    if number == 2:
        raise ValueError("not two")
    return number
