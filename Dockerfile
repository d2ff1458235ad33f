# What is needed, every file checked against its hash.
FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.lock .
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --no-deps --requirement requirements.lock

# What runs: the app, as a plain user who can write into /data and nowhere else.
FROM python:3.12-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DATA=/data
RUN useradd --system --uid 10001 --user-group --no-create-home reconnect \
  && install --directory --owner=reconnect --group=reconnect --mode=0700 /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
RUN SECRET_KEY=only-while-building python manage.py collectstatic --no-input --verbosity=0 \
  && python -m compileall -q reconnect couples strategies
USER reconnect
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s CMD [".docker/health"]
ENTRYPOINT [".docker/start"]
CMD ["web"]
