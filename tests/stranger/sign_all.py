"""Lets the fuzzer of the OpenAPI document speak as a till and as a back office.

Every request is signed with the key of a till that joined for the purpose; the back office's routes
get its token. A part of the requests goes out with no credential at all, because the door is part
of the house. Read by `schemathesis` through SCHEMATHESIS_HOOKS.
"""
import hashlib
import os
import random
import time

import requests.auth
import schemathesis

from client import Till

till = Till(os.environ["HOLDFAST_URL"])
till.enrol(os.environ["HOLDFAST_CODE"])
admin = os.environ.get("HOLDFAST_ADMIN", "")
dice = random.Random(20261120)


class AsTill(requests.auth.AuthBase):
    """Signs what really goes out, after everything else has been decided."""

    def __call__(self, request):
        path = request.path_url
        if path.startswith("/v1/admin") and admin:
            request.headers["authorization"] = f"Bearer {admin}"
            return request
        body = request.body or b""
        body = body if isinstance(body, bytes) else body.encode()
        at, key = int(time.time() * 1000), request.headers.get("idempotency-key", "")
        key = key.decode() if isinstance(key, bytes) else key
        digest = hashlib.sha256(body).hexdigest()
        text = "\n".join(["req1", request.method, path, str(at), key, digest])
        sig = till.key.sign(text.encode("utf-8", "surrogateescape")).hex()
        request.headers["authorization"] = (
            f"Holdfast till={till.till},at={at},token={till.token},sig={sig}")
        return request


@schemathesis.serializer("application/zstd")
def packed(context, value):
    """A salvage file: whatever the fuzzer thinks of, as bytes; nothing says that it unpacks."""
    return value if isinstance(value, bytes) else repr(value).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    """One request in ten has no credential."""
    if dice.randrange(10) != 0:
        kwargs["auth"] = AsTill()
