#!/bin/sh
# Run by the PostgreSQL image when its volume is new.
set -eu
: "${OWNER_DB_PASSWORD:?OWNER_DB_PASSWORD is missing}" "${APP_DB_PASSWORD:?APP_DB_PASSWORD is missing}"
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=database="$POSTGRES_DB" --set=owner_password="$OWNER_DB_PASSWORD" --set=app_password="$APP_DB_PASSWORD" \
  --single-transaction --file="${ROLES_SQL:-/etc/reconnect/roles.sql}"
