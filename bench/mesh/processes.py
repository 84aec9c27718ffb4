"""The processes under test: started, measured through /proc, ended."""
import os
import socket
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class Group:
    """The processes of one peer in one scenario, with their workers."""

    def __init__(self, folder, name, commands):
        self.log = open(os.path.join(folder, f"{name}.log"), "wb")
        self.roots = [subprocess.Popen(command, stdout=self.log, stderr=self.log, cwd=folder) for command in commands]

    def members(self):
        """Process ids by root: nginx has a master and workers."""
        parents = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                fields = _stat(entry)
                if fields:
                    parents.setdefault(int(fields[1]), []).append(int(entry))
        return [[root.pid] + parents.get(root.pid, []) for root in self.roots]

    def cpu_seconds(self):
        return sum(self.cpu_seconds_of_each().values())

    def cpu_seconds_of_each(self):
        used = {pid: _stat(pid) for members in self.members() for pid in members}
        return {pid: (int(fields[11]) + int(fields[12])) / TICK for pid, fields in used.items() if fields}

    def memory(self):
        """Bytes of memory of each root with its workers. Pages that a master shares with its workers count once (PSS)."""
        return [sum(_memory(pid, len(members) > 1) for pid in members) for members in self.members()]

    def end(self):
        for root in self.roots:
            root.terminate()
        for root in self.roots:
            try:
                root.wait(5)
            except subprocess.TimeoutExpired:
                root.kill()
                root.wait()
        self.log.close()


def _stat(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None


def _memory(pid, shared):
    name, field = ("smaps_rollup", "Pss:") if shared else ("status", "VmRSS:")
    with open(f"/proc/{pid}/{name}") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(field))


def listening(port, group, within=10):
    """Waits until a port accepts connections."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    with open(group.log.name) as log:
        print(log.read()[-2000:], file=sys.stderr)
    group.end()
    raise SystemExit(f"compare.py: nothing listens on port {port}; the log of {os.path.basename(group.log.name)} is above")
