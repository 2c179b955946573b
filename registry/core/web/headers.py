"""Security headers on every answer of both sites.

Values after the OWASP Secure Headers project and CSP Level 3. Nothing is loaded from elsewhere
and nothing runs in the page, so the policy starts from ``default-src 'none'``. A view that needs
another value (an image with its own policy) sets the header itself; it is then kept.
"""

from __future__ import annotations

from flask import Flask, Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_OFF = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _OFF)


def security_headers(*, site: str, https: bool) -> dict[str, str]:
    """Header names and values of ``site`` ("public" or "admin")."""
    headers = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        # The admin site's CSRF check compares the referrer of a form sent over HTTPS.
        "Referrer-Policy": "same-origin" if site == "admin" else "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Permissions-Policy": PERMISSIONS_POLICY,
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return headers


def install(app: Flask, *, site: str, https: bool) -> None:
    """Set the headers on every answer; what no view declared cacheable is not stored anywhere."""
    headers = security_headers(site=site, https=https)

    def secure(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(secure)
