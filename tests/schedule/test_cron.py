"""Debian's cron itself calls what `sprint schedule install --cron` wrote, in a mount namespace of its own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sprintlib import backup

# What cron reads and locks is hidden below empty folders, so nothing of this machine is run or changed. A quarter of an
# hour is long for a test: once the block is there, it is asked for every minute.
SCRIPT = """set -eu
mkdir -p "$1/empty"
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/spool/cron
mount --bind "$1/empty" /etc/cron.d
mount --bind /dev/null /etc/crontab
install -d -m 1730 -g crontab /var/spool/cron/crontabs
"$2" -m sprintlib --home "$1" schedule install --cron
crontab -l > "$1/installed"
sed 's#^\\*/15 #* #' "$1/installed" | crontab -
"$3" -f & daemon=$!
trap 'kill $daemon' EXIT
for _ in $(seq 110); do
  ls "$1"/backups/*.tar.gz > /dev/null 2>&1 && grep -q Backup "$1/data/run-due.log" && break
  sleep 1
done
"$2" -m sprintlib --home "$1" schedule status
"$2" -m sprintlib --home "$1" schedule remove
"""


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_cron_reads_the_crontab_and_calls_it(tmp_path: Path) -> None:
    daemon = shutil.which("cron", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if daemon is None or shutil.which("crontab") is None:
        pytest.skip("cron is not installed here")
    unshare = ["unshare", "--mount"]
    if os.geteuid() != 0 or subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root can give cron folders of its own")
    home = tmp_path / "my 100% 'home'"
    home.mkdir()
    (home / "sprint.toml").write_text(
        '[project]\nname = "acme"\nrepositories = ["acme/api"]\n[report]\ndays = []\nretrospective = false\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [*unshare, "sh", "-c", SCRIPT, "sh", str(home), sys.executable, daemon],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr
    assert "cron, every 15 minutes" in done.stdout
    assert "no longer calls" in done.stdout
    assert (home / "installed").read_text().count("*/15 * * * * PATH=") == 1
    (saved,) = backup.backups(home / "backups")
    assert f"Backup: {saved.file}" in (home / "data" / "run-due.log").read_text()
