# syntax=docker/dockerfile:1
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /srv/apel
RUN python -m venv /opt/apel
COPY requirements.lock ./
RUN /opt/apel/bin/pip install --require-hashes --no-deps --requirement requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY migrations migrations
COPY app app
RUN /opt/apel/bin/pip install --no-deps --no-build-isolation --editable .

FROM python:3.13-slim-bookworm
# tzdata comes with the lock; the service needs nothing else of the system.
RUN useradd --system --create-home --uid 10001 apel \
    && install --directory --owner apel --mode 0700 /var/lib/apel
COPY --from=build /opt/apel /opt/apel
COPY --from=build /srv/apel /srv/apel
WORKDIR /srv/apel
ENV PATH=/opt/apel/bin:$PATH PYTHONUNBUFFERED=1 APEL_DATA_DIR=/var/lib/apel APEL_LOG_FORMAT=json
USER apel
VOLUME /var/lib/apel
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
# The service alone, on a PostgreSQL that APEL_DATABASE_URL names:
#   docker run --env-file .env -p 8000:8000 -v apel-data:/var/lib/apel apel-virtual
# Migrate first, once per release: docker run --rm --env-file .env apel-virtual apel migrate

FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/apel/venv
WORKDIR /opt/apel
# The libraries change rarely: their layer is kept while requirements.lock stays the same.
COPY requirements.lock ./
RUN venv/bin/python -m pip install --no-deps --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE alembic.ini ./
COPY migrations migrations
COPY app app
# Editable, so that migrations and alembic.ini stay beside the package, as in a clone.
RUN venv/bin/python -m pip install --no-deps --no-build-isolation --editable . \
    && venv/bin/python -m compileall -q app migrations

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/apel apel \
    && chmod 0700 /var/lib/apel
COPY --from=build /opt/apel /opt/apel
ENV PATH=/opt/apel/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    APEL_DATA_DIR=/var/lib/apel \
    APEL_LOG_FORMAT=json
USER apel
WORKDIR /opt/apel
# Holds the signing and the audit key, unless they come as secrets; back it up.
VOLUME /var/lib/apel
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=4s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=3)"]
# `exec` form: SIGTERM reaches the service itself, which ends within ten seconds.
CMD ["apel", "serve", "--host", "0.0.0.0", "--port", "8000"]
