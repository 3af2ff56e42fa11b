"""Who works at the simulated startup, who writes from outside, and which bots there are."""

from sprintsim.simulation import constants
from sprintsim.simulation.event_log import Person

REPOS = ("api", "web", "mobile")
LEAD = "maya-lindqvist"
DEVELOPERS = (
    Person(LEAD, "Maya Lindqvist", {"api": 0.9, "web": 0.7}, day_starts=8, responsiveness=0.8),
    Person("tomas-oliveira", "Tomás Oliveira", {"api": 1.0}, day_starts=9, responsiveness=1.0),
    Person("samir-haddad", "Samir Haddad", {"api": 0.9, "mobile": 0.6}, day_starts=8, responsiveness=1.3),
    Person("priya-raman", "Priya Raman", {"web": 1.1, "api": 0.4}, day_starts=9, responsiveness=1.2),
    Person("jonas-weber", "Jonas Weber", {"web": 0.9, "mobile": 0.8}, day_starts=7, responsiveness=0.9),
    Person("aiko-tanaka", "Aiko Tanaka", {"mobile": 1.1, "web": 0.4}, day_starts=7, responsiveness=1.1),
)
DEPENDABOT = Person("dependabot[bot]", "dependabot[bot]", {}, is_bot=True, is_member=False)
PREVIEW_BOT = Person("mooring-preview[bot]", "mooring-preview[bot]", {}, is_bot=True, is_member=False)
GUEST = Person("ruben-v", "Ruben V.", {}, is_member=False)  # opened a pull request from a fork that is gone
CUSTOMER = Person("salon-meerblick", "Salon Meerblick", {}, is_member=False)
EVERYBODY = (*DEVELOPERS, DEPENDABOT, PREVIEW_BOT, GUEST, CUSTOMER)

# Files of each area; a commit touches some of its area's files.
AREAS = {
    "api": {
        "slots": ("api/slots/search.py", "api/slots/model.py", "tests/test_slots.py"),
        "staff": ("api/staff/hours.py", "api/staff/feed.py", "tests/test_staff.py"),
        "salons": ("api/salons/profile.py", "tests/test_salons.py"),
        "bookings": ("api/bookings/hold.py", "api/bookings/model.py", "tests/test_bookings.py"),
        "accounts": ("api/accounts/links.py", "api/accounts/roles.py", "tests/test_accounts.py"),
        "reminders": ("api/reminders/schedule.py", "api/reminders/sms.py", "tests/test_reminders.py"),
        "payments": ("api/payments/intents.py", "api/payments/pricing.py", "tests/test_payments.py"),
        "platform": ("api/platform/logs.py", "api/platform/limits.py", "docs/runbook.md"),
        "packages": ("requirements.txt",),
    },
    "web": {
        "calendar": ("src/calendar/Week.tsx", "src/calendar/drag.ts", "src/calendar/Week.test.tsx"),
        "booking": ("src/booking/Page.tsx", "src/booking/slots.ts", "src/booking/Page.test.tsx"),
        "settings": ("src/settings/Hours.tsx", "src/settings/Hours.test.tsx"),
        "shell": ("src/shell/Navigation.tsx", "src/shell/focus.ts"),
        "reports": ("src/reports/Table.tsx", "src/reports/csv.ts", "src/reports/csv.test.ts"),
        "checkout": ("src/checkout/Basket.tsx", "src/checkout/payment.ts", "src/checkout/Basket.test.tsx"),
        "packages": ("package.json",),
    },
    "mobile": {
        "agenda": ("app/agenda/AgendaScreen.kt", "app/agenda/AgendaTest.kt"),
        "sync": ("app/sync/SlotSync.kt", "app/sync/SlotSyncTest.kt"),
        "booking": ("app/booking/BookScreen.kt", "app/booking/BookTest.kt"),
        "accounts": ("app/accounts/SignIn.kt", "app/accounts/SignInTest.kt"),
        "profile": ("app/profile/ProfileScreen.kt", "app/profile/Photo.kt"),
        "reminders": ("app/reminders/Push.kt", "app/reminders/PushTest.kt"),
        "platform": ("app/platform/Crash.kt", "build.gradle.kts"),
        "packages": ("gradle/libs.versions.toml",),
    },
}


def who_knows(*repos: str) -> list[Person]:
    """The developers who can work alone in one of the repositories."""
    return [each for each in DEVELOPERS if any(each.skills.get(repo, 0.0) >= constants.LEAST_SKILL for repo in repos)]
