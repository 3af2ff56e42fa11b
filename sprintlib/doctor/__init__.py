"""What could stand in the way, and how long everything takes on this machine with the user's own data and model."""

from sprintlib.doctor.check import Check
from sprintlib.doctor.checks import examine, examine_here, examine_home
from sprintlib.doctor.measuring import Measurement, Timing, measure

__all__ = ["Check", "Measurement", "Timing", "examine", "examine_here", "examine_home", "measure"]
