import json
import os
import urllib.request


def test_sign_in(account):
    login = {"username": account["username"], "password": account["password"]}
    request = urllib.request.Request(
        f"{os.environ['SANDBOX_URL']}/login",
        data=json.dumps(login).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer) == {"ok": True}
