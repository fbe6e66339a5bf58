"""How a simulator answers a request that it does not accept."""


class Refused(Exception):
    """``code`` is the provider's error code, ``message`` its text.

    ``page_text`` names the text of the payment page for a request that came with the browser;
    ``status`` is the HTTP status, for protocols that use it.
    """

    def __init__(
        self,
        code: str,
        message: str = "模拟拒绝",
        *,
        page_text: str = "amount_wrong",
        status: int = 400,
    ) -> None:
        self.code, self.message = code, message
        self.page_text, self.status = page_text, status
        super().__init__(code)


class ResponseDropped(Exception):
    """The merchant gets no response. The request may have been processed."""
