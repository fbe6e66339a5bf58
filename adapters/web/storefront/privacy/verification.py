"""Verification of the e-mail address of a customer account, by a link."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from adapters.web.dependencies import Given
from adapters.web.storefront.context import MAX_TOKEN_LENGTH, StorefrontContext
from adapters.web.storefront.privacy.page import MyDataPage
from core.application.customers.email_verification import RequestEmailVerification, VerifyEmail
from core.domain.identifiers import CustomerId


@post("/account/privacy/proof", include_in_schema=False)
async def send_link(
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    request_email_verification: Given[RequestEmailVerification],
) -> Response[Any]:
    await request_email_verification(member)
    return context.redirect("/account/privacy?done=link_sent")


@get("/account/verify-email/{token:str}", include_in_schema=False)
async def verify_page(token: FromPath[str], my_data_page: Given[MyDataPage]) -> Response[Any]:
    return await my_data_page.show(token=token[:MAX_TOKEN_LENGTH])


@post("/account/verify-email/{token:str}", include_in_schema=False)
async def verify(
    token: FromPath[str],
    context: Given[StorefrontContext],
    member: Given[CustomerId],
    my_data_page: Given[MyDataPage],
    verify_email: Given[VerifyEmail],
) -> Response[Any]:
    async with my_data_page.form():
        await verify_email(member, token[:MAX_TOKEN_LENGTH])
    return context.redirect("/account/privacy?done=verified")


handlers = [verify_page]
write_limited_handlers = [send_link, verify]
