"""An account of Understudy's as a pytest fixture."""

import json
import os
import urllib.request
import uuid

import pytest

RUN = os.environ.get("UNDERSTUDY_RUN") or f"pytest:{uuid.uuid4()}"


def understudy(method, path, body=None):
    request = urllib.request.Request(
        f"{os.environ['UNDERSTUDY_URL']}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['UNDERSTUDY_TOKEN']}",
            "Content-Type": "application/json",
            "Prefer": "wait=60",
        },
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@pytest.fixture(scope="session")
def account():
    """Leased for this run, given back at its end; the lease ends it where that end never comes."""
    wanted = {"services": ["user-service"], "run": RUN, "ttl": "15m"}
    account = understudy("POST", "/accounts", wanted)
    try:
        assert account["state"] == "active", account
        yield account["credentials"]
    finally:
        understudy("DELETE", f"/accounts/{account['id']}")
