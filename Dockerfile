# The workbench as an image: 'docker build -t sprintlib .', or by compose.yaml (docs/deploy.md).
# --build-arg SEARCH=no leaves search by meaning out (torch, onnxruntime, FAISS), which is most of its size.
FROM python:3.11.13-slim-bookworm AS build

ARG SEARCH=yes
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
RUN python -m venv .venv
COPY locks/run.txt locks/postgres.txt locks/knowledge.txt locks/torch.sh locks/
RUN .venv/bin/pip install --no-deps --require-hashes -r locks/run.txt \
    && .venv/bin/pip install --no-deps --require-hashes -r locks/postgres.txt
RUN if [ "$SEARCH" = yes ]; then \
      sh locks/torch.sh && .venv/bin/pip install --no-deps --require-hashes -r locks/knowledge.txt; \
    fi
COPY pyproject.toml README.md LICENSE ./
COPY sprintlib sprintlib
COPY sprintsim sprintsim
COPY notebooks notebooks
COPY dashboards dashboards
COPY docs/metrics docs/metrics
RUN .venv/bin/pip install --no-deps --no-build-isolation .

FROM python:3.11.13-slim-bookworm

# git reads changed files; the client of PostgreSQL makes backups of a store there
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends git postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home sprint \
    && install -d -o sprint -g sprint -m 700 /project
COPY --from=build /source/.venv /source/.venv
ENV PATH=/source/.venv/bin:$PATH SPRINT_HOME=/project PYTHONUNBUFFERED=1
USER 1000
WORKDIR /project
VOLUME /project
EXPOSE 8484 8866
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8484/health', timeout=4)"]
ENTRYPOINT ["sprint"]
CMD ["serve", "--host", "0.0.0.0"]
