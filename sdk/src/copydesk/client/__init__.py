"""Fetching, trusting and keeping bundles in a runtime service."""

from copydesk.client.client import Client
from copydesk.client.status import ClientState, ClientStatus

__all__ = ["Client", "ClientState", "ClientStatus"]
