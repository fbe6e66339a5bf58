"""The OpenAPI document has every status with which an error of the shop is answered."""

from adapters.web.api.openapi import ERRORS
from adapters.web.problems import STATUS


def test_every_status_of_an_error_is_documented() -> None:
    assert set(STATUS.values()) - set(ERRORS) == set()
