"""What a server process records about its plugins, and what other processes read."""

import os
import subprocess
import sys
from pathlib import Path

from adapters.plugins.process_record import ProcessRecord, servers_health, take_record
from ports.plugins import PluginHealth

PLUGIN = PluginHealth(name="bank", version="1", state="quarantined", reason="TimeoutError")


def ended_process() -> int:
    """The number of a process that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_the_running_calls_outlive_the_process(tmp_path: Path) -> None:
    record = ProcessRecord(tmp_path)
    record.open()
    record.begin("bank calls")
    record.begin("bank calls")
    record.begin("maps routes")
    record.end("maps routes")
    record.end("bank calls")
    record.started()
    found = take_record(tmp_path, os.getpid())
    assert (found.started, found.running) == (True, ("bank calls",))
    assert list(tmp_path.iterdir()) == []


def test_a_process_without_a_record_has_not_started(tmp_path: Path) -> None:
    found = take_record(tmp_path, ended_process())
    assert (found.started, found.running) == (False, ())


def test_the_health_of_a_running_process_is_read_and_a_quarantine_ends(tmp_path: Path) -> None:
    record = ProcessRecord(tmp_path)
    record.open()
    record.report([PLUGIN])
    assert list(servers_health(tmp_path)) == [{"bank": PLUGIN}]
    (path,) = tmp_path.glob("*.health")
    os.utime(path, (0, 0))
    assert [each["bank"].state for each in servers_health(tmp_path)] == ["failing"]
    record.close()
    assert list(servers_health(tmp_path)) == []


def test_records_of_processes_that_ended_long_ago_are_deleted(tmp_path: Path) -> None:
    pid = ended_process()
    for age in (0, None):
        path = tmp_path / f"{pid}.calls"
        path.write_bytes(b"")
        if age is not None:
            os.utime(path, (age, age))
        record = ProcessRecord(tmp_path)
        record.open()
        assert path.exists() is (age is None)
        record.close()
