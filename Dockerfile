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
CMD ["apel", "serve", "--host", "0.0.0.0", "--port", "8000"]
