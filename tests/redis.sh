#!/bin/sh
# The tests with Redis need its server. Unpack Debian's into .venv/redis where that is possible: nothing is installed or started.
command -v redis-server >/dev/null 2>&1 && exit 0
[ -x .venv/redis/redis-server ] && exit 0
if command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
    echo "Unpacking Redis for the tests of answers and limits that servers share ..."
    mkdir -p .venv/redis && cd .venv/redis &&
        { apt-get download -qq redis-tools libjemalloc2 liblzf1 ||
            { apt-get update -qq && apt-get download -qq redis-tools libjemalloc2 liblzf1; }; } >/dev/null 2>&1 &&
        for package in *.deb; do dpkg -x "$package" .; done &&
        printf '#!/bin/bash\nhere=$(dirname "$0")\nexport LD_LIBRARY_PATH="$(echo "$here"/usr/lib/*-linux-gnu)"\nexec -a redis-server "$here/usr/bin/redis-check-rdb" "$@"\n' >redis-server &&
        chmod +x redis-server &&
        ./redis-server --version >/dev/null 2>&1 && exit 0
    rm -f redis-server
fi
echo "Redis was not found: install it to run the tests with it; they are skipped now."
