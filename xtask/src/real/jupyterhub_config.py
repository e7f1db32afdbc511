"""The hub alone: its REST API is all that the portal talks to."""

import os

from jupyterhub.proxy import Proxy


class NoProxy(Proxy):
    """In place of the proxy in front of hub and notebooks, a program of its own."""

    should_start = False

    async def start(self):
        pass

    async def stop(self):
        pass

    async def add_route(self, routespec, target, data):
        pass

    async def delete_route(self, routespec):
        pass

    async def get_all_routes(self):
        return {}


c = get_config()  # noqa: F821
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.bind_url = f"http://127.0.0.1:{os.environ['PUBLIC_PORT']}/"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{os.environ['HUB_PORT']}/"
c.JupyterHub.authenticator_class = "null"
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.services = [{"name": "understudy", "api_token": os.environ["UNDERSTUDY_TOKEN"]}]
c.JupyterHub.load_roles = [
    {"name": "understudy", "services": ["understudy"], "scopes": ["admin:users", "tokens"]},
]
