"""``Idempotency-Key``: which responses are stored and replayed."""

import httpx
import pytest

from tests.web.api_client import ADDRESS, API, filled_cart, order_form

pytestmark = pytest.mark.anyio


async def test_an_idempotency_key_replays_the_response(client: httpx.AsyncClient) -> None:
    token = await filled_cart(client)
    form = await order_form(client, token)
    headers = {"idempotency-key": "k1"}
    first = await client.post(f"{API}/orders", json=form, headers=headers)
    again = await client.post(f"{API}/orders", json=form, headers=headers)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotent-replay"] == "true"
    other = await client.post(f"{API}/orders", json={**form, "cart_version": 0}, headers=headers)
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"


async def test_a_stored_response_is_not_replayed_after_sign_out(client: httpx.AsyncClient) -> None:
    body = {
        "login": "mei@example.com",
        "password": "correct horse",
        "name": "李梅",
        "old_enough": True,
    }
    token = (await client.post(f"{API}/members", json=body)).json()["token"]
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "k"}
    address = f"{API}/members/me/addresses"
    assert (await client.post(address, json=ADDRESS, headers=headers)).status_code == 201
    again = await client.post(address, json=ADDRESS, headers=headers)
    assert again.headers["idempotent-replay"] == "true"
    await client.delete(f"{API}/sessions/current", headers=headers)
    assert (await client.post(address, json=ADDRESS, headers=headers)).status_code == 401


async def test_a_session_token_is_never_stored(client: httpx.AsyncClient) -> None:
    body = {
        "login": "mei@example.com",
        "password": "correct horse",
        "name": "李梅",
        "old_enough": True,
    }
    await client.post(f"{API}/members", json=body)
    login = {"login": "mei@example.com", "password": "correct horse"}
    headers = {"idempotency-key": "k"}
    tokens = {
        (await client.post(f"{API}/sessions", json=login, headers=headers)).json()["token"]
        for _ in range(2)
    }
    assert len(tokens) == 2


async def test_a_key_can_be_used_again_after_an_error(client: httpx.AsyncClient) -> None:
    token = await filled_cart(client)
    form = await order_form(client, token)
    wrong = {**form, "total": {"minor": 1, "currency": "CNY"}}
    headers = {"idempotency-key": "k2"}
    refused = await client.post(f"{API}/orders", json=wrong, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "price_changed")
    placed = await client.post(f"{API}/orders", json=form, headers=headers)
    assert placed.status_code == 201


async def test_two_strangers_can_choose_the_same_key(client: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "1"}
    carts = {(await client.post(f"{API}/carts", headers=headers)).json()["token"] for _ in range(2)}
    assert len(carts) == 2
    numbers = set()
    for _ in range(2):
        form = await order_form(client, await filled_cart(client))
        placed = await client.post(f"{API}/orders", json=form, headers=headers)
        assert placed.status_code == 201, placed.text
        numbers.add(placed.json()["number"])
    assert len(numbers) == 2


async def test_a_guessed_order_token_does_not_join_strangers(client: httpx.AsyncClient) -> None:
    headers = {"idempotency-key": "1", "order-token": "guess"}
    carts = {(await client.post(f"{API}/carts", headers=headers)).json()["token"] for _ in range(2)}
    assert len(carts) == 2


async def test_a_new_session_of_the_same_account_finds_the_key(client: httpx.AsyncClient) -> None:
    login = {"login": "mei@example.com", "password": "correct horse"}
    account = {**login, "name": "李梅", "old_enough": True}
    registered = await client.post(f"{API}/members", json=account)
    again = await client.post(f"{API}/sessions", json=login)
    for session in (registered, again):
        headers = {"authorization": f"Bearer {session.json()['token']}", "idempotency-key": "k"}
        added = await client.post(f"{API}/members/me/addresses", json=ADDRESS, headers=headers)
        assert len(added.json()["addresses"]) == 1
    assert added.headers["idempotent-replay"] == "true"
