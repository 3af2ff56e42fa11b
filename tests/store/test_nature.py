"""What tables of facts say of themselves."""

from sprintlib.store.nature import nature
from sprintlib.store.schema import metadata

# results, which can be made again; what a team decided; who may do what; what arrived and what it cost; the payloads
NO_FACTS = {
    "analysis",
    "api_token",
    "audit",
    "chunk",
    "delivery",
    "digest",
    "erased_person",
    "evidence",
    "experiment",
    "experiment_item",
    "fact_change",
    "feedback",
    "imported_prior",
    "item_refresh",
    "learning_trial",
    "metric",
    "payload",
    "recalibration",
    "recommendation",
    "run",
    "session",
    "vector",
    "worker",
}


def test_every_table_of_facts_says_whether_it_is_made_from_payloads():
    assert {name for name, table in metadata.tables.items() if nature(table).made_from is None} == NO_FACTS


def test_what_a_state_is_made_from_is_made_again_from_payloads_or_carried_over():
    for table in metadata.tables.values():
        about = nature(table)
        assert about.made_from or not about.about, table.name
        assert about.about or not about.times, table.name
        for column in (*about.newest_by, *about.keep_known, *about.times, *(about.about or ("", ""))[1:]):
            assert not column or column in table.c, (table.name, column)


def test_a_webhook_is_ordered_by_the_things_own_time():
    about = nature(metadata.tables["milestone"])
    assert (about.newest_by, about.told_by) == (("updated_at", "observed_at"), ("updated_at",))
    assert nature(metadata.tables["release"]).told_by == ("observed_at",)
