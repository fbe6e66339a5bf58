"""Jobs on the overview of the back office, and in the metrics."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.web.keyed_requests import STAFF, World

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def test_a_job_in_alarm_is_on_the_overview_and_in_the_metrics(world: World) -> None:
    shop, client = world.shop, world.client
    await client.post("/en/admin/login", data=STAFF)
    await shop.register_jobs()()
    assert 'data-state="waiting"' in (await client.get("/en/admin")).text
    long_ago = datetime.now(UTC) - timedelta(days=9)
    await shop.job_leases().register(
        {"sign-logs": ("late", long_ago), "acme.import": ("gone", long_ago)}
    )
    page = (await client.get("/en/admin")).text
    row = page.partition('data-job="sign-logs"')[2].partition("</tr>")[0]
    assert 'data-state="alarm"' in row
    assert "no worker ran it" in row
    gone = page.partition('data-job="acme.import"')[2].partition("</tr>")[0]
    assert "the plugin “acme” is gone" in gone

    assert 'entrepot_job_alarm{job="sign-logs"} ' not in (await client.get("/metrics")).text
    await shop.job_watch().refresh()
    metrics = (await client.get("/metrics")).text
    assert 'entrepot_job_alarm{job="sign-logs"} 1.0' in metrics
    assert 'entrepot_job_alarm{job="purge-expired"} 0.0' in metrics
    assert "acme.import" not in metrics
