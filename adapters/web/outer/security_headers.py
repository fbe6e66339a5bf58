"""Security headers of every response."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self' https:; "
    "frame-ancestors 'none'; base-uri 'none'"
)
"""No inline code, no framing, images over HTTPS. Forms may also post to payment gateways."""


def security_headers(*, https: bool) -> list[tuple[bytes, bytes]]:
    """``https`` adds ``Strict-Transport-Security`` for one year."""
    headers = {
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "x-frame-options": "DENY",
    }
    if https:
        headers["strict-transport-security"] = "max-age=31536000; includeSubDomains"
    return [(name.encode(), value.encode()) for name, value in headers.items()]
