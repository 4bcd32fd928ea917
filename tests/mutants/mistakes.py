"""The mistakes. Each is an exact piece of text that is there once, what stands in its place, and who must notice."""

from __future__ import annotations

from dataclasses import dataclass

RULES = "tests/services/process/test_storage_rules.py::"
CLOCK = "tests/services/trouble/test_clockback.py::"
SCRATCH = "tests/connectors/test_scratch.py::"
JOBS = "app/services/process/jobs.py"
DATABASE = "app/store/database.py"


@dataclass(frozen=True)
class Mistake:
    """`old` stands in `file` exactly once; with `new` in its place one of `tests` fails."""

    name: str
    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MISTAKES = (
    Mistake(
        "m1", "the state and the jobs of a step are two transactions",
        "app/services/process/steps.py",
        "    queueing.queue_jobs(moment)\n    timers(moment)\n",
        "    from app.store.database import proxy\n\n    proxy.obj.commit()\n    proxy.obj.begin()\n"
        "    queueing.queue_jobs(moment)\n    timers(moment)\n",
        (RULES + "test_wherever_the_power_fails_a_step_is_stored_with_its_jobs_or_not_at_all[sqlite-application]",),
    ),
    Mistake(
        "m2", "no fence: who lost the lease is believed",
        JOBS, " and row.fence == job.fence", "",
        (RULES + "test_who_has_lost_the_lease_is_not_believed_while_another_holds_the_job[sqlite]",),
    ),
    Mistake(
        "m4", "a timer fires without its case's lock",
        "app/services/process/timers.py",
        "_fire(portal, cases.lock(case_id), now, renew)",
        "_fire(portal, cases.by_ids([case_id])[case_id], now, renew)",
        (RULES + "test_a_timer_fires_after_the_step_that_is_under_way_not_into_it[postgres]",),
    ),
    Mistake(
        "m9", "the heartbeat never beats",
        "app/worker/__init__.py",
        "while not self._ended.wait(leases.LEASE_SECONDS / 3):",
        "while not self._ended.wait():",
        (RULES + "test_a_worker_keeps_its_lease_for_as_long_as_its_connector_takes[sqlite]",),
    ),
    Mistake(
        "m11a", "no row of a query is locked on PostgreSQL",
        DATABASE,
        "    return query.for_update(skip_locked=True) if skip else query.for_update()",
        "    return query",
        (RULES + "test_a_job_that_is_being_leased_is_passed_over[postgres]",),
    ),
    Mistake(
        "m11b", "no case is locked on PostgreSQL",
        "app/store/statements.py",
        'return (text + " FOR UPDATE" if lock else text)',
        "return text",
        (RULES + "test_whoever_steps_a_case_waits_until_the_other_step_is_stored[postgres]",),
    ),
    Mistake(
        "m14", "a connection that broke stays with its thread",
        "app/store/connections.py",
        "            autoconnect=False,\n            max_connections=most,",
        "            max_connections=most,",
        ("tests/store/test_connections.py::test_nothing_is_read_or_written_outside_a_connection[postgres]",),
    ),
    Mistake(
        "m15", "what has stored something is done once more",
        DATABASE, " or database.stored != before", "",
        ("tests/store/test_connections.py::test_what_has_stored_something_is_not_done_again",),
    ),
    Mistake(
        "m16", "an account is looked for before its name is held",
        "app/store/accounts.py", '    lock_name(f"account:{address.one(email)}")\n', "",
        ("tests/services/process/test_races.py::test_two_links_of_one_new_address_followed_at_once_make_one_account[postgres]",),
    ),
    Mistake(
        "m17", "a job is locked before its case",
        JOBS,
        "    case = cases.lock(job.case_id) if job.case_id else None  # a mail of the portal itself has none\n"
        '    logs.note(case=case.number if case is not None else "")\n'
        "    row = jobrows.job(job.id, lock=True)\n",
        "    row = jobrows.job(job.id, lock=True)\n    case = cases.lock(job.case_id) if job.case_id else None\n",
        (RULES + "test_who_changes_a_job_waits_for_its_case_with_nothing_in_hand[postgres-done]",),
    ),
    Mistake(
        "m18", "nobody notices a clock that was put back",
        "app/services/upkeep.py", '    now.part("clock", lambda _: _clock(portal))\n', "",
        (CLOCK + "test_what_was_queued_before_the_clock_was_put_back_is_done_at_once[sqlite]",),
    ),
    Mistake(
        "m19", "a temporary folder is swept while its owner lives",
        "app/connectors/scratch.py", "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass",
        (SCRATCH + "test_a_folder_whose_owner_was_killed_is_swept_and_that_of_one_who_lives_is_not",),
    ),
    Mistake(
        "m20", "two who need the signing key at once each make one",
        "app/connectors/signature.py",
        '        with locked(folder.with_name(f"{folder.name}.lock")):\n            if not key.exists()',
        "        if True:\n            if not key.exists()",
        ("tests/connectors/test_signing_key.py::test_threads_that_ask_at_once_are_given_the_same_key",),
    ),
)  # fmt: skip
