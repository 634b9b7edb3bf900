"""The entry point: `app` for Flask's command line, `asgi` for the server."""

from console.asgi import create_asgi
from console.factory import create_app

app = create_app()
asgi = create_asgi(app)
