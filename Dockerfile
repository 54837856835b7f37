# syntax=docker/dockerfile:1
# One image for web, worker, beat and migrations; what runs is the command. Installed from hash-locked requirements.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv .venv && .venv/bin/pip install --no-deps --require-hashes --requirement requirements.lock
COPY . .
# Static files and translations are part of the image; no server is asked and no secret is kept.
RUN export SECRET_KEY=build ALLOWED_HOSTS=localhost DATABASE_URL=postgres://nobody@localhost/none && \
    .venv/bin/python manage.py compile_catalogue && \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim-bookworm
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=expertgroup.settings
RUN useradd --system --uid 10001 --user-group --home-dir /nonexistent --shell /usr/sbin/nologin group
# A new volume takes over whose the folder is.
RUN install -d -o 10001 -g 10001 -m 0700 /data/media
WORKDIR /app
COPY --from=build --chown=root:root /app /app
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "2", "--worker-class", "gthread", "--threads", "8", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", "expertgroup.wsgi"]
