"""Jobs with one fault each, and the case of the conformance kit that finds it."""

import asyncio
import threading

from entrepot import Every

STEPS = 3


class WorkingJob:
    """Sums the numbers of three orders, in steps that can be interrupted."""

    name, every = "sum", Every(cron="0 3 * * *", zone="Asia/Shanghai")

    def __init__(self) -> None:
        self.total = 0

    async def run(self) -> None:
        total = 0
        for number in range(STEPS):
            total += number
            await asyncio.sleep(0)
        self.total = total


class HasNoSchedule(WorkingJob):
    every = "daily"  # type: ignore[assignment]


class Fails(WorkingJob):
    async def run(self) -> None:
        raise ZeroDivisionError


class ReturnsItsResult(WorkingJob):
    async def run(self) -> None:
        await super().run()
        return self.total  # type: ignore[return-value]


class CountsEachRun(WorkingJob):
    async def run(self) -> None:
        before = self.total
        await super().run()
        self.total += before


class KeepsHalfOfARun(WorkingJob):
    def __init__(self) -> None:
        super().__init__()
        self.running = False

    async def run(self) -> None:
        if self.running:
            self.total = -1
            return
        self.running = True
        await super().run()
        self.running = False


class IgnoresItsCancellation(WorkingJob):
    async def run(self) -> None:
        try:
            await super().run()
        except asyncio.CancelledError:
            await super().run()


class LeavesATask(WorkingJob):
    async def run(self) -> None:
        self.task = asyncio.create_task(asyncio.sleep(60))


class LeavesAThread(WorkingJob):
    def __init__(self) -> None:
        super().__init__()
        self.ends = threading.Event()

    async def run(self) -> None:
        threading.Thread(target=self.ends.wait, args=(30,), daemon=True).start()


BROKEN_JOBS = {
    "HasNoSchedule": "test_its_description_is_complete",
    "Fails": "test_a_run_succeeds_within_its_limit",
    "ReturnsItsResult": "test_a_run_succeeds_within_its_limit",
    "CountsEachRun": "test_a_second_run_has_the_same_effect",
    "KeepsHalfOfARun": "test_a_run_after_one_that_was_cancelled_has_the_same_effect",
    "IgnoresItsCancellation": "test_a_run_can_be_cancelled",
    "LeavesATask": "test_a_run_leaves_no_tasks_and_threads_behind",
    "LeavesAThread": "test_a_run_leaves_no_tasks_and_threads_behind",
}
