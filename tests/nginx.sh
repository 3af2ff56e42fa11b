#!/bin/sh
# The test behind a proxy needs nginx. Unpack Debian's into .venv/nginx where that is possible: nothing is installed or started.
command -v nginx >/dev/null 2>&1 && exit 0
[ -x .venv/nginx/usr/sbin/nginx ] && exit 0
if command -v apt-get >/dev/null 2>&1 && command -v dpkg >/dev/null 2>&1; then
    echo "Unpacking nginx for the test behind a proxy ..."
    mkdir -p .venv/nginx && cd .venv/nginx &&
        { apt-get download -qq nginx || { apt-get update -qq && apt-get download -qq nginx; }; } >/dev/null 2>&1 &&
        dpkg -x nginx_*.deb . && ./usr/sbin/nginx -v 2>/dev/null && exit 0
fi
echo "nginx was not found: install it to run the test behind a proxy; it is skipped now."
